from .stage import Checks, names, refused, same

CHECKS = Checks()
VAULT = "dstackpythonvault"


@CHECKS("key vault: is made, read, listed, updated")
def vault(stage):
    client = stage.vaults.vaults
    asked = {"name": VAULT, "type": "Microsoft.KeyVault/vaults"}
    same(client.check_name_availability(asked).name_available, True)
    properties = {
        "tenantId": stage.tenant,
        "sku": {"family": "A", "name": "standard"},
        "enableRbacAuthorization": True,
        "softDeleteRetentionInDays": 7,
    }
    body = {"location": stage.location, "properties": properties}
    made = client.begin_create_or_update(stage.group, VAULT, body).result()
    same(made.properties.vault_uri.rstrip("/"), f"https://{VAULT}.vault.azure.net")
    same(made.properties.provisioning_state, "Succeeded")
    same(client.get(stage.group, VAULT).properties.soft_delete_retention_in_days, 7)
    same(names(client.list_by_resource_group(stage.group)), [VAULT])
    same(names(client.list_by_subscription()), [VAULT])
    same(names(client.list()), [VAULT])
    same(client.update(stage.group, VAULT, {"tags": {"a": "1"}}).tags, {"a": "1"})
    same(client.check_name_availability(asked).name_available, False)


@CHECKS("key vault: goes to a bin, from which it is purged by a long-running operation")
def purged(stage):
    client = stage.vaults.vaults
    client.delete(stage.group, VAULT)
    refused(404, "ResourceNotFound", lambda: client.get(stage.group, VAULT))
    deleted = client.get_deleted(VAULT, stage.location)
    same(deleted.properties.location, stage.location)
    same(names(client.list_deleted()), [VAULT])
    client.begin_purge_deleted(VAULT, stage.location).result()
    same(names(client.list_deleted()), [])
    refused(404, "ResourceNotFound", lambda: client.get_deleted(VAULT, stage.location))
