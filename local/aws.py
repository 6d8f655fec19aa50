"""The embedded AWS: moto behind one loopback port, guarded by IAM, with Lambda's Invoke answered by our workers."""

import json
import threading
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from uuid import uuid4

from local import machine_mends, mends, processes, wsgi
from local.account import ACCOUNT, REGION
from local.iam.guard import Application, Environ, Guard, StartResponse
from local.iam.roles import OWNER, Principal
from local.lambdas import Lambdas, NoSuchFunctionError
from local.logs import Log

if TYPE_CHECKING:
    import boto3

_INVOKE_PREFIX, _INVOKE_SUFFIX = "/2015-03-31/functions/", "/invocations"

_TASKS_AT_ONCE = 64
_TASK_SECONDS = 960  # a function may take 900


class Aws:
    """Serves from the moment that it is made; whoever is in `principals` may sign. Raises PortError.

    `roles` are the principals that state machines call as, by the role's ARN.
    """

    def __init__(self, port: int, lambdas: Lambdas, log: Log) -> None:
        self.principals: dict[str, Principal] = {OWNER.access_key: OWNER}
        self.roles: dict[str, Principal] = {}
        self._role_clients: dict[tuple[str, str], Any] = {}
        self._making = threading.Lock()
        processes.give_memory_back()  # objects of half a gigabyte pass through here
        self._mend(lambda arn, event: lambdas.invoke_later(arn.rpartition(":")[2], event), partial(log.line, "states"))
        application = _lambda_before(mends.one_at_a_time(_moto()), lambdas)
        guard = Guard(application, self.principals, partial(log.line, "iam"))
        self._server = wsgi.server(port, guard)
        self.url = f"http://127.0.0.1:{self._server.port}"
        threading.Thread(target=self._server.serve_forever, name="aws", daemon=True).start()

    def session(self, principal: Principal = OWNER) -> "boto3.Session":
        """A boto3 session whose clients sign as the principal; give them `endpoint_url=aws.url`."""
        import boto3

        return boto3.Session(principal.access_key, principal.secret_key, principal.token, REGION)

    def client(self, service: str, principal: Principal = OWNER) -> Any:
        return self.session(principal).client(service, endpoint_url=self.url)  # type: ignore[call-overload]

    def queue_url(self, arn: str) -> str:
        return f"{self.url}/{ACCOUNT}/{arn.rpartition(':')[2]}"

    def admit(self, principal: Principal) -> None:
        """Lets the principal sign from now on."""
        self.principals[principal.access_key] = principal

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _mend(self, notify: mends.Notify, tell: Callable[[str], None]) -> None:
        mends.transactions_copy_only_their_items()
        mends.queries_look_at_their_items()
        mends.modules_are_listed_once()
        mends.object_keys_keep_their_slashes()
        mends.objects_are_read_in_pieces()
        mends.notifications_reach_functions(notify)
        mends.rules_reach_functions(notify)
        machine_mends.machines_are_run()
        machine_mends.tasks_call_as_their_role(self._client_of_role)
        machine_mends.jsonata_is_evaluated()
        machine_mends.variables_may_have_any_text()
        machine_mends.executions_have_names()
        machine_mends.stopping_is_at_once()
        machine_mends.ends_are_told(tell)

    def _client_of_role(self, service: str, role_arn: str) -> Any:
        """Made once, and patient: a task may take as long as a function may. It is the machine that tries again."""
        from botocore.config import Config

        with self._making:
            if (service, role_arn) not in self._role_clients:
                config = Config(
                    inject_host_prefix=False,
                    max_pool_connections=_TASKS_AT_ONCE,
                    parameter_validation=False,
                    read_timeout=_TASK_SECONDS,
                    retries={"total_max_attempts": 1},
                )
                session = self.session(self.roles[role_arn])
                client = session.client(service, endpoint_url=self.url, config=config)  # type: ignore[call-overload]
                self._role_clients[service, role_arn] = client
            return self._role_clients[service, role_arn]


def _moto() -> Application:
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    application: Application = DomainDispatcherApplication(create_backend_app)
    return application


def _lambda_before(application: Application, lambdas: Lambdas) -> Application:
    """Answers the Invoke operation; everything else is `application`'s."""

    def answered(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if not (path.startswith(_INVOKE_PREFIX) and path.endswith(_INVOKE_SUFFIX)):
            return application(environ, start_response)
        name = unquote(path.removeprefix(_INVOKE_PREFIX).removesuffix(_INVOKE_SUFFIX)).rpartition(":")[2]
        event = environ["wsgi.input"].read() or b"{}"
        later = environ.get("HTTP_X_AMZ_INVOCATION_TYPE") == "Event"
        headers = [("Content-Type", "application/json"), ("x-amzn-RequestId", str(uuid4()))]
        try:
            if later:
                lambdas.invoke_later(name, event)
                status, body = "202 Accepted", b""
            else:
                answer = lambdas.invoke(name, event)
                status, body = "200 OK", answer.payload
                headers += [("X-Amz-Function-Error", "Unhandled")] if answer.failed else []
        except NoSuchFunctionError:
            status, body = "404 Not Found", json.dumps({"Message": f"Function not found: {name}"}).encode()
            headers.append(("x-amzn-ErrorType", "ResourceNotFoundException"))
        start_response(status, [*headers, ("Content-Length", str(len(body)))])
        return [body]

    return answered
