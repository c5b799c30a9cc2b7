"""Blocks that a TypeScript program and this one share. Reads what the other saved, then saves its own."""

import json
from typing import Optional, Union

from prefect.blocks.core import Block
from prefect.blocks.system import Secret
from prefect.filesystems import LocalFileSystem
from pydantic import SecretStr


class TestCredentials(Block):
    _block_type_name = "Test Credentials"
    _block_type_slug = "test-credentials"

    key_id: str
    secret_key: SecretStr


class TestToken(Block):
    _block_type_name = "Test Token"
    _block_type_slug = "test-token"

    token: SecretStr


class SharedService(Block):
    _block_type_name = "Shared Service"
    _block_type_slug = "shared-service"

    base_url: str
    token: SecretStr
    labels: Optional[dict[str, str]] = None
    auth: Optional[Union[TestCredentials, TestToken]] = None


def facts(service):
    return {
        "base_url": service.base_url,
        "token": service.token.get_secret_value(),
        "labels": service.labels,
        "auth": type(service.auth).__name__,
        "auth_secret": service.auth.token.get_secret_value(),
        "auth_name": service.auth._block_document_name,
    }


found = {
    "secret": Secret.load("from-typescript").get(),
    "basepath": LocalFileSystem.load("from-typescript").basepath,
    "referring": facts(SharedService.load("referring")),
    "containing": facts(Block.load("shared-service/containing")),
}

Secret(value="from-python-secret").save("from-python", overwrite=True)
Secret(value={"user": "me"}).save("from-python-pair", overwrite=True)
LocalFileSystem(basepath="/tmp/from-python").save("from-python", overwrite=True)
credentials = TestCredentials(key_id="python-key", secret_key="python-secret-key")
credentials.save("from-python", overwrite=True)
SharedService(base_url="http://python", token="python-token", auth=credentials).save("python-referring", overwrite=True)
SharedService(
    base_url="http://python", token="python-token", auth=TestToken(token="python-inner")
).save("python-containing", overwrite=True)
# What the other saved, saved again by this one.
again = SharedService.load("referring")
again.base_url = "http://changed-by-python"
again.save("referring", overwrite=True)

print(json.dumps(found))
