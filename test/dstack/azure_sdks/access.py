from .stage import Checks, names, refused, same

CHECKS = Checks()
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
ASSIGNMENT = "61111111-1111-4111-8111-111111111111"
ROLE = "71111111-1111-4111-8111-111111111111"


def role_id(stage, role):
    return f"{stage.scope}/providers/Microsoft.Authorization/roleDefinitions/{role}"


@CHECKS("identity: is made, read, listed, updated")
def identity(stage):
    client = stage.identities.user_assigned_identities
    made = client.create_or_update(stage.group, "runner", {"location": stage.location})
    same((made.name, made.tenant_id), ("runner", stage.tenant))
    assert made.principal_id and made.client_id
    same(client.get(stage.group, "runner").principal_id, made.principal_id)
    same(client.update(stage.group, "runner", {"tags": {"a": "1"}}).tags, {"a": "1"})
    same(names(client.list_by_resource_group(stage.group)), ["runner"])
    same(names(client.list_by_subscription()), ["runner"])


@CHECKS("role definition: is made, read, listed, updated")
def role_definition(stage):
    client = stage.authorization.role_definitions
    actions = ["Microsoft.Compute/virtualMachines/read"]

    def put():
        properties = {
            "roleName": "dstack python",
            "type": "CustomRole",
            "description": "made by a test",
            "permissions": [{"actions": actions, "notActions": []}],
            "assignableScopes": [stage.group_id],
        }
        return client.create_or_update(stage.group_id, ROLE, {"properties": properties})

    same((put().role_name, put().role_type), ("dstack python", "CustomRole"))
    actions.append("Microsoft.Compute/virtualMachines/write")
    put()
    same(client.get(stage.group_id, ROLE).permissions[0].actions, actions)
    listed = client.list(stage.group_id, filter="roleName eq 'dstack python'")
    same([each.name for each in listed], [ROLE])
    same(client.get_by_id(role_id(stage, READER)).role_name, "Reader")


@CHECKS("role assignment: is made, read, listed, deleted")
def role_assignment(stage):
    client = stage.authorization.role_assignments
    identity = stage.identities.user_assigned_identities.get(stage.group, "runner")
    properties = {
        "roleDefinitionId": role_id(stage, ROLE),
        "principalId": identity.principal_id,
        "principalType": "ServicePrincipal",
    }
    body = {"properties": properties}
    made = client.create(stage.group_id, ASSIGNMENT, body)
    same((made.name, made.principal_id), (ASSIGNMENT, identity.principal_id))
    another = "62222222-2222-4222-8222-222222222222"
    refused(409, "RoleAssignmentExists", lambda: client.create(stage.group_id, another, body))
    same(client.get(stage.group_id, ASSIGNMENT).scope.lower(), stage.group_id.lower())
    filter = f"principalId eq '{identity.principal_id}'"
    same(names(client.list_for_scope(stage.group_id, filter=filter)), [ASSIGNMENT])
    same(names(client.list_for_subscription(filter=filter)), [ASSIGNMENT])
    assert ASSIGNMENT in names(client.list_for_resource_group(stage.group))
    definitions = stage.authorization.role_definitions
    delete = definitions.delete
    refused(400, "RoleDefinitionHasAssignments", lambda: delete(stage.group_id, ROLE))
    client.delete(stage.group_id, ASSIGNMENT)
    same(client.delete(stage.group_id, ASSIGNMENT), None)
    refused(404, "RoleAssignmentNotFound", lambda: client.get(stage.group_id, ASSIGNMENT))
    definitions.delete(stage.group_id, ROLE)
    refused(404, "RoleDefinitionDoesNotExist", lambda: definitions.get(stage.group_id, ROLE))


@CHECKS("identity: is deleted")
def identity_deleted(stage):
    client = stage.identities.user_assigned_identities
    client.delete(stage.group, "runner")
    refused(404, "ResourceNotFound", lambda: client.get(stage.group, "runner"))


@CHECKS("permissions and deny assignments: are listed")
def permissions(stage):
    listed = list(stage.authorization.permissions.list_for_resource_group(stage.group))
    assert any("*" in each.actions for each in listed)
    deny = stage.authorization.deny_assignments
    same(list(deny.list_for_scope(stage.group_id)), [])
    unknown = "63333333-3333-4333-8333-333333333333"
    refused(404, "DenyAssignmentNotFound", lambda: deny.get(stage.group_id, unknown))
