import base64
import json

from azure.core.exceptions import ResourceExistsError
from azure.storage.blob import BlobServiceClient, ContainerClient

from .stage import Checks, names, refused, same

CHECKS = Checks()
PARAMETERS = {"kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"


@CHECKS("storage account: is made by a long-running operation, its name then taken")
def account(stage):
    client = stage.storage.storage_accounts
    asked = {"name": stage.account, "type": "Microsoft.Storage/storageAccounts"}
    same(client.check_name_availability(asked).name_available, True)
    body = {**PARAMETERS, "location": stage.location, "properties": {"allowSharedKeyAccess": False}}
    poller = client.begin_create(stage.group, stage.account, body)
    same(poller.done(), False)
    made = poller.result()
    same((made.name, made.provisioning_state), (stage.account, "Succeeded"))
    same(made.primary_endpoints.blob, f"https://{stage.account}.blob.core.windows.net/")
    taken = client.check_name_availability(asked)
    same((taken.name_available, taken.reason), (False, "AlreadyExists"))


@CHECKS("storage account: is read, listed and updated")
def account_updated(stage):
    client = stage.storage.storage_accounts
    same(client.get_properties(stage.group, stage.account).sku.name, "Standard_LRS")
    same(names(client.list()), [stage.account])
    same(names(client.list_by_resource_group(stage.group)), [stage.account])
    body = {"tags": {"a": "1"}, "properties": {"minimumTlsVersion": "TLS1_2"}}
    updated = client.update(stage.group, stage.account, body)
    same((updated.tags, updated.minimum_tls_version), ({"a": "1"}, "TLS1_2"))
    same(updated.allow_shared_key_access, False)


@CHECKS("storage account: a second one is deleted, and deleting it again is harmless")
def account_deleted(stage):
    client = stage.storage.storage_accounts
    body = {**PARAMETERS, "location": stage.location}
    client.begin_create(stage.group, "dstackpythonother", body).result()
    client.delete(stage.group, "dstackpythonother")
    client.delete(stage.group, "dstackpythonother")
    get = client.get_properties
    refused(404, "ResourceNotFound", lambda: get(stage.group, "dstackpythonother"))


@CHECKS("blob service: is read")
def blob_service(stage):
    found = stage.storage.blob_services.get_service_properties(stage.group, stage.account)
    same(found.name, "default")


@CHECKS("containers: are made, read, listed and deleted in ARM")
def containers(stage):
    client = stage.storage.blob_containers
    at = (stage.group, stage.account)
    client.create(*at, "kept", {})
    client.create(*at, "gone", {})
    same(client.get(*at, "kept").public_access, "None")
    same(names(client.list(*at)), ["gone", "kept"])
    client.delete(*at, "gone")
    same(names(client.list(*at)), ["kept"])
    refused(404, "ContainerNotFound", lambda: client.get(*at, "gone"))


@CHECKS("blobs: are refused to an Owner without a data role")
def no_data_rights(stage):
    container = ContainerClient(blob_service_url(stage), "kept", stage.credential, retry_total=0)
    refused(403, "AuthorizationPermissionMismatch", lambda: list(container.list_blobs()))
    roles = f"{stage.scope}/providers/Microsoft.Authorization/roleDefinitions"
    properties = {
        "roleDefinitionId": f"{roles}/{CONTRIBUTOR}",
        "principalId": own_object_id(stage),
        "principalType": "ServicePrincipal",
    }
    name = "51111111-1111-4111-8111-111111111111"
    scope = stage.id_of("Microsoft.Storage/storageAccounts", stage.account)
    stage.authorization.role_assignments.create(scope, name, {"properties": properties})


@CHECKS("blobs: are written, read, listed, tagged with metadata and deleted")
def blobs(stage):
    service = BlobServiceClient(blob_service_url(stage), stage.credential, retry_total=0)
    container = service.get_container_client("kept")
    blob = container.get_blob_client("folder/one.txt")
    blob.upload_blob(b"hello", metadata={"who": "python"})
    same(blob.download_blob().readall(), b"hello")
    same(blob.get_blob_properties().metadata, {"who": "python"})
    try:
        blob.upload_blob(b"again")
    except ResourceExistsError as error:
        same(error.error_code, "BlobAlreadyExists")
    else:
        raise AssertionError("a blob that exists was overwritten")
    blob.upload_blob(b"again", overwrite=True)
    blob.set_blob_metadata({"who": "again"})
    same(names(container.list_blobs(name_starts_with="folder/")), ["folder/one.txt"])
    same([each.name for each in container.walk_blobs()], ["folder/"])
    blob.delete_blob()
    same(blob.exists(), False)


@CHECKS("blobs: a container of the data side is in ARM too, and gone from it")
def containers_of_data(stage):
    service = BlobServiceClient(blob_service_url(stage), stage.credential, retry_total=0)
    service.create_container("by-data")
    listed = stage.storage.blob_containers.list
    same(names(listed(stage.group, stage.account)), ["by-data", "kept"])
    same(names(service.list_containers()), ["by-data", "kept"])
    service.delete_container("by-data")
    same(names(listed(stage.group, stage.account)), ["kept"])


def blob_service_url(stage):
    return f"https://{stage.account}.blob.core.windows.net"


def own_object_id(stage):
    """From the token: the caller may be any app."""
    token = stage.credential.get_token("https://management.azure.com/.default").token
    claims = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["oid"]
