"""Where moto 5.2.5's Step Functions fall short of AWS. As with `mends`, each has a test that tells when it can go."""

import logging
import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

_START_SECONDS = 5  # that the interpreter of an execution may take to begin

ClientOf = Callable[[str, str], Any]  # service, role ARN


def machines_are_run() -> None:
    """Executions are interpreted: left to itself, moto says of each that it is running, for ever."""
    from moto.core.config import default_user_config

    default_user_config["stepfunctions"] = {"execute_state_machine": True}


def tasks_call_as_their_role(client_of: ClientOf) -> None:
    """Tasks call AWS with clients of the machine's role: moto makes one for each call, as nobody in particular."""
    from moto.stepfunctions.parser import models  # noqa: F401 - with it come all modules that make clients

    def boto_client_for(region: str, service: str, state_credentials: Any) -> Any:  # noqa: ARG001 - moto names them
        return client_of(service, state_credentials.role_arn)

    for module in modules_with_clients():
        module.boto_client_for = boto_client_for


def modules_with_clients() -> list[Any]:
    """The modules of moto that took `boto_client_for` by name."""
    modules = [module for name, module in sys.modules.items() if name.startswith("moto.stepfunctions.")]
    return [module for module in modules if hasattr(module, "boto_client_for")]


def jsonata_is_evaluated() -> None:
    """JSONata, by the library: moto has none."""
    from jsonata import Jsonata  # type: ignore[import-untyped] # it has no types
    from moto.stepfunctions.parser.asl.jsonata import jsonata

    def evaluate(expression: str) -> Any:
        try:
            return Jsonata(expression).evaluate(None)
        except Exception as error:  # whatever an expression does wrong is the state's failure
            raise jsonata.JSONataException("UNKNOWN", str(error)) from error

    jsonata._eval_jsonata = evaluate  # noqa: SLF001 - moto's one place for it


def variables_may_have_any_text() -> None:
    """A variable's text is quoted as JSON: moto puts it between quotes as it is."""
    from moto.stepfunctions.parser.asl.eval import states, variable_store
    from moto.stepfunctions.parser.asl.jsonata import jsonata
    from moto.stepfunctions.parser.asl.utils.encoding import _DateTimeEncoder

    def encode(bindings: dict[str, Any]) -> str:
        # No \uD83D\uDE00 for a letter beyond the first plane: the library would not join the halves.
        encoder = _DateTimeEncoder(ensure_ascii=False)
        return "".join(f"{name}:={encoder.encode(value)};" for name, value in bindings.items())

    modules: tuple[Any, ...] = (jsonata, states, variable_store)
    for module in modules:
        module.encode_jsonata_variable_declarations = encode


def executions_have_names() -> None:
    """An execution that is given no name gets one: moto calls them all None."""
    from moto.stepfunctions.parser.models import StepFunctionsParserBackend

    whole = StepFunctionsParserBackend.start_execution

    def start_execution(backend: Any, state_machine_arn: str, name: str | None, *rest: Any) -> Any:
        return whole(backend, state_machine_arn, name or str(uuid4()), *rest)

    StepFunctionsParserBackend.start_execution = start_execution  # type: ignore[assignment, method-assign] # the mend


def stopping_is_at_once() -> None:
    """A stopped execution is ABORTED from then on: moto says so once its task has ended."""
    from moto.stepfunctions.parser.api import ExecutionStatus
    from moto.stepfunctions.parser.backend.execution import Execution

    whole = Execution.stop

    def stop(execution: Any, stop_date: datetime, error: str | None, cause: str | None) -> None:
        _await_start(execution)
        whole(execution, stop_date, error, cause)
        if execution.exec_status == ExecutionStatus.RUNNING:
            execution.exec_status, execution.stop_date = ExecutionStatus.ABORTED, stop_date

    Execution.stop = stop  # type: ignore[assignment, method-assign] # the mend


def ends_are_told(tell: Callable[[str], None]) -> None:
    """How an execution ended, in a line: moto writes down its whole interpreter for each failure."""
    from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication

    logging.getLogger("moto.stepfunctions").setLevel(logging.CRITICAL)
    whole = BaseExecutionWorkerCommunication.terminated

    def terminated(communication: Any) -> None:
        whole(communication)
        execution = communication.execution
        reason = f" {execution.error}: {execution.cause or ''}" if execution.error else ""
        tell(f"{execution.state_machine.name} {execution.name} {execution.status}{reason}")

    BaseExecutionWorkerCommunication.terminated = terminated  # type: ignore[assignment, method-assign] # the mend


def _await_start(execution: Any) -> None:
    """Until the interpreter runs, moto cannot stop it."""
    deadline = time.monotonic() + _START_SECONDS
    while not (env := execution.exec_worker.env) or env._program_state is None:  # noqa: SLF001 - nothing else tells
        if time.monotonic() > deadline:
            return
        time.sleep(0.01)
