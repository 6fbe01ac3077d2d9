from azure.core.rest import HttpRequest

from .stage import Checks, names, refused, same

CHECKS = Checks()
LAST_CHECKS = Checks()


@CHECKS("resource group: is made, read, listed, updated; exists or not")
def group(stage):
    client = stage.resources.resource_groups
    same(client.check_existence(stage.group), False)
    refused(404, "ResourceGroupNotFound", lambda: client.get(stage.group))
    made = client.create_or_update(stage.group, {"location": stage.location, "tags": {"a": "1"}})
    same((made.name, made.location), (stage.group, stage.location))
    same(made.properties.provisioning_state, "Succeeded")
    same(client.check_existence(stage.group), True)
    same(client.update(stage.group, {"tags": {"a": "2"}}).tags, {"a": "2"})
    same(client.get(stage.group).tags, {"a": "2"})
    assert stage.group in names(client.list())
    same(names(client.list(filter="tagName eq 'a' and tagValue eq '2'")), [stage.group])
    same(names(client.list(filter="tagName eq 'a' and tagValue eq '9'")), [])


@CHECKS("resource group: stays where it is")
def group_moved(stage):
    put = stage.resources.resource_groups.create_or_update
    refused(
        409,
        "InvalidResourceGroupLocation",
        lambda: put(stage.group, {"location": "eastus"}),
    )


@CHECKS("tags: are merged, replaced, read and deleted at a scope")
def tags(stage):
    client = stage.resources.tags

    def of(tags):
        return {"properties": {"tags": tags}}

    def update(operation, tags):
        body = {"operation": operation, **of(tags)}
        answer = client.begin_update_at_scope(stage.group_id, body).result()
        return answer.properties.tags

    same(update("Merge", {"b": "1"}), {"a": "2", "b": "1"})
    same(update("Delete", {"a": "2"}), {"b": "1"})
    same(update("Replace", {"c": "1"}), {"c": "1"})
    put = client.begin_create_or_update_at_scope(stage.group_id, of({"d": "1"})).result()
    same(put.properties.tags, {"d": "1"})
    same(client.get_at_scope(stage.group_id).properties.tags, {"d": "1"})
    client.begin_delete_at_scope(stage.group_id).result()
    same(client.get_at_scope(stage.group_id).properties.tags or {}, {})


@CHECKS("locks: are made, read, listed; hold what is below; are deleted")
def locks(stage):
    client = stage.locks.management_locks
    body = {"level": "CanNotDelete", "notes": "held"}
    made = client.create_or_update_at_resource_group_level(stage.group, "held", body)
    same((made.name, made.level), ("held", "CanNotDelete"))
    same(client.get_at_resource_group_level(stage.group, "held").notes, "held")
    same(names(client.list_at_resource_group_level(stage.group)), ["held"])
    assert "held" in names(client.list_at_subscription_level())
    groups = stage.resources.resource_groups
    refused(409, "ScopeLocked", lambda: groups.begin_delete(stage.group))
    client.delete_at_resource_group_level(stage.group, "held")
    same(names(client.list_at_resource_group_level(stage.group)), [])


@CHECKS("policies: what a resource may be is asked in a group and in a subscription")
def policies(stage):
    # No client of this family has the call; the pipeline and its credential are the same.
    url = "/providers/Microsoft.PolicyInsights/checkPolicyRestrictions?api-version=2024-10-01"
    content = {
        "type": "Microsoft.Storage/storageAccounts",
        "location": stage.location,
        "properties": {},
    }
    body = {"resourceDetails": {"resourceContent": content, "apiVersion": "2025-06-01"}}
    for scope in [stage.group_id, stage.scope]:
        request = HttpRequest("POST", f"https://management.azure.com{scope}{url}", json=body)
        response = stage.resources.send_request(request)
        response.raise_for_status()
        assert "fieldRestrictions" in response.json()


@LAST_CHECKS("resources: are listed in the group and the subscription, by type too")
def resources(stage):
    client = stage.resources.resources
    listed = names(client.list_by_resource_group(stage.group))
    assert stage.account in listed, listed
    of_kind = "resourceType eq 'Microsoft.Storage/storageAccounts'"
    same(names(client.list(filter=of_kind)), [stage.account])
    assert set(listed) <= set(names(client.list()))


@LAST_CHECKS("resources: are made, read and deleted by id")
def resources_by_id(stage):
    client = stage.resources.resources
    id = stage.id_of("Microsoft.Storage/storageAccounts", stage.account)
    same(client.get_by_id(id, api_version="2025-06-01").name, stage.account)
    same(client.check_existence_by_id(id, api_version="2025-06-01"), True)
    # Not an identity: its Location is a relative path, on which this client's poller fails.
    rules = stage.id_of("Microsoft.Network/networkSecurityGroups", "by-id")
    version = {"api_version": "2024-05-01"}
    parameters = {"location": stage.location, "properties": {}}
    made = client.begin_create_or_update_by_id(rules, parameters, **version).result()
    same((made.name, made.properties["provisioningState"]), ("by-id", "Succeeded"))
    client.begin_delete_by_id(rules, **version).result()
    refused(404, "ResourceNotFound", lambda: client.get_by_id(rules, **version))


@LAST_CHECKS("Resource Graph: finds the storage account")
def resource_graph(stage):
    query = f"resources | where name == '{stage.account}' | project name, location"
    body = {"query": query, "subscriptions": [stage.subscription]}
    answer = stage.resource_graph.resources(body)
    same(answer.data, [{"name": stage.account, "location": stage.location}])


@LAST_CHECKS("resource group: is deleted with all that is in it")
def group_deleted(stage):
    client = stage.resources.resource_groups
    poller = client.begin_delete(stage.group)
    same(poller.done(), False)
    refused(
        409,
        "ResourceGroupBeingDeleted",
        lambda: client.create_or_update(stage.group, {"location": stage.location}),
    )
    poller.result()
    same(client.check_existence(stage.group), False)
    same(names(stage.storage.storage_accounts.list()), [])
