"""Blocks of Python: saved, loaded, overwritten, nested and deleted, by programs and by the `prefect` command."""

import asyncio
from typing import Optional, Union

from command import prefect
from observed import client, report
from prefect import flow
from prefect.blocks.core import Block
from prefect.blocks.notifications import SlackWebhook
from prefect.blocks.system import Secret
from prefect.blocks.webhook import Webhook
from prefect.filesystems import LocalFileSystem, RemoteFileSystem
from prefect.types import SecretDict
from pydantic import BaseModel, Field, SecretStr


class Retention(BaseModel):
    days: int = Field(default=7, description="für immer: 0")


class CompatToken(Block):
    """A token with a note."""

    token: SecretStr
    note: str = "größer 😀"
    retention: Retention = Retention()


class CompatService(Block):
    _block_type_name = "Compat Service"
    _block_type_slug = "compat-service"
    _description = "A service < that & needs > a token"

    url: str
    token: CompatToken
    headers: SecretDict = SecretDict({})
    fallback: Optional[Union[CompatToken, LocalFileSystem]] = None


CLASSES = (CompatToken, CompatService, Secret, Webhook, LocalFileSystem, RemoteFileSystem, SlackWebhook)


def plain_blocks():
    facts = {}
    Secret(value="hunter22").save("compat-secret")
    facts["secret"] = Secret.load("compat-secret").get()
    Secret(value={"user": "me", "many": [1]}).save("compat-secret", overwrite=True)
    facts["overwritten"] = Secret.load("compat-secret").get()
    try:
        Secret(value="other").save("compat-secret")
    except ValueError as error:
        facts["twice"] = "already in use" in str(error)
    LocalFileSystem(basepath="/tmp/compat").save("compat-files")
    facts["files"] = str(LocalFileSystem.load("compat-files").basepath)
    Webhook(url="https://example.com/hunter22", headers={"X-Key": "hunter22"}).save("compat-webhook")
    loaded = Webhook.load("compat-webhook")
    facts["webhook"] = [loaded.url.get_secret_value(), loaded.headers.get_secret_value(), loaded.method]
    facts["anonymous"] = read(asyncio.run(Secret(value="hidden")._save(is_anonymous=True))).is_anonymous
    return facts


def read(document_id, include_secrets=False):
    with client() as api:
        return api.read_block_document(document_id, include_secrets=include_secrets)


def nested_blocks():
    token = CompatToken(token="hunter22")
    token_id = token.save("compat-token")
    service = CompatService(url="https://example.com", token=token, headers={"key": "hunter22"}, fallback=token)
    service_id = service.save("compat-service")
    loaded = CompatService.load("compat-service")
    masked = read(service_id)
    facts = {
        "token": loaded.token.token.get_secret_value(),
        "note": loaded.token.note,
        "headers": loaded.headers.get_secret_value(),
        "fallback": type(loaded.fallback).__name__,
        "generic": type(Block.load("compat-service/compat-service")).__name__,
        "masked": [masked.data["token"]["token"], masked.data["headers"], masked.data["fallback"]["token"]],
        "references": {name: one["block_document"]["name"] for name, one in masked.block_document_references.items()},
    }
    CompatToken(token="changed", note="n").save("compat-token", overwrite=True)
    reloaded = CompatService.load("compat-service")
    facts["after change"] = [reloaded.token.token.get_secret_value(), reloaded.token.note]
    reloaded.url = "https://example.org"
    reloaded.save(overwrite=True)
    facts["same document"] = [str(reloaded._block_document_id) == str(service_id), CompatService.load("compat-service").url]
    inline = CompatService(url="u", token=CompatToken(token="inline"))
    inline_id = inline.save("compat-inline")
    facts["inline"] = [read(inline_id).data["token"]["token"], CompatService.load("compat-inline").token.token.get_secret_value()]
    CompatToken.delete("compat-token")
    facts["reference after deletion"] = "token" in read(service_id).data
    try:
        CompatToken.load("compat-token")
    except ValueError as error:
        facts["after deletion"] = "Unable to find block document" in str(error)
    facts["ids differ"] = str(token_id) != str(service_id)
    return facts


def checksums():
    """Schemas whose checksum here is not the server's."""
    for one in CLASSES:
        one.register_type_and_schema()
    with client() as api:
        known = {one.checksum for one in api.read_block_schemas()}
    return [one.__name__ for one in CLASSES if one._calculate_schema_checksum() not in known]


@flow(name="blocks-flow")
def loading_flow():
    return Secret.load("compat-flow-secret").get()


def in_a_flow():
    Secret(value="in a flow").save("compat-flow-secret")
    return loading_flow()


def command():
    facts = {}
    Secret(value="hunter22").save("compat-shown")
    inspected = prefect("block", "inspect", "secret/compat-shown")
    facts["inspect"] = [inspected.code, "****" in inspected.output, "hunter22" in inspected.output]
    listed = prefect("block", "ls")
    facts["ls"] = [listed.code, "secret/compat-shown" in listed.output]
    facts["register"] = prefect("block", "register", "-m", "prefect.blocks.notifications").code
    types = prefect("block", "type", "ls")
    facts["type ls"] = [types.code, "slack-webhook" in types.output]
    shown = prefect("block", "type", "inspect", "secret")
    facts["type inspect"] = [shown.code, "value" in shown.output]
    facts["delete"] = prefect("--no-prompt", "block", "delete", "secret/compat-shown").code
    facts["inspect of none"] = prefect("block", "inspect", "secret/compat-shown").code
    facts["type delete"] = prefect("--no-prompt", "block", "type", "delete", "discord-webhook").code
    protected = prefect("--no-prompt", "block", "type", "delete", "secret")
    facts["delete of a protected type"] = protected.code != 0
    return facts


def observe():
    report(
        plain=plain_blocks(),
        nested=nested_blocks(),
        checksums_that_differ=checksums(),
        flow=in_a_flow(),
        command=command(),
    )


if __name__ == "__main__":
    observe()
