"""The template's roles, and the keys that their holders sign with."""

from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from local.account import ACCESS_KEY, ACCOUNT, SECRET_KEY
from local.iam.policy import PolicyError, Statement, load
from local.stack import Stack
from local.template import TemplateError, managed_policies


@dataclass(frozen=True, slots=True)
class Principal:
    """Who signs with a key. `statements` is None for the account's owner, who may do everything."""

    arn: str
    access_key: str
    secret_key: str
    token: str | None
    statements: tuple[Statement, ...] | None


OWNER = Principal(f"arn:aws:iam::{ACCOUNT}:root", ACCESS_KEY, SECRET_KEY, None, None)


def assume(role_arn: str, session: str, statements: tuple[Statement, ...]) -> Principal:
    """A new session of the role, with keys of its own."""
    return Principal(
        arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/{role_arn.rpartition('/')[2]}/{session}",
        access_key=f"ASIA{token_hex(8).upper()}",
        secret_key=token_hex(20),
        token=token_hex(32),
        statements=statements,
    )


def roles(stack: Stack) -> dict[str, tuple[Statement, ...]]:
    """What each role of the stack may do, by the role's ARN; raises TemplateError."""
    found = {}
    for logical_id, properties in stack.of_type("AWS::IAM::Role"):
        try:
            found[stack.arn(logical_id)] = load(_documents(properties))
        except PolicyError as error:
            raise TemplateError(f"{logical_id}: {error}") from error
    return found


def _documents(role: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    inline = [policy["PolicyDocument"] for policy in role.get("Policies", [])]
    managed = role.get("ManagedPolicyArns", [])
    if unknown := [arn for arn in managed if arn not in managed_policies()]:
        raise PolicyError(f"The managed policy {unknown[0]} is not known here.")
    return inline + [managed_policies()[arn] for arn in managed]
