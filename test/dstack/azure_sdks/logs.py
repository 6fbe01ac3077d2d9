import time

from .stage import Checks, names, refused, same

CHECKS = Checks()
WORKSPACE = "dstack-python-logs"
TABLE = "dstack_python_CL"
COLUMNS = [{"name": "TimeGenerated", "type": "dateTime"}, {"name": "LogName", "type": "string"}]


@CHECKS("workspace: is made, read, listed, updated")
def workspace(stage):
    client = stage.logs.workspaces
    body = {"location": stage.location, "properties": {"sku": {"name": "PerGB2018"}}}
    poller = client.begin_create_or_update(stage.group, WORKSPACE, body)
    same(poller.done(), False)
    # The poller follows Location, which is the workspace itself: it is done with the first 200.
    same(poller.result().name, WORKSPACE)
    deadline = time.monotonic() + 20
    made = client.get(stage.group, WORKSPACE)
    while made.properties.provisioning_state == "Creating" and time.monotonic() < deadline:
        time.sleep(0.2)
        made = client.get(stage.group, WORKSPACE)
    same(made.properties.provisioning_state, "Succeeded")
    assert made.properties.customer_id
    same(client.get(stage.group, WORKSPACE).properties.sku.name.lower(), "pergb2018")
    same(names(client.list_by_resource_group(stage.group)), [WORKSPACE])
    same(names(client.list()), [WORKSPACE])
    same(client.update(stage.group, WORKSPACE, {"tags": {"a": "1"}}).tags, {"a": "1"})


@CHECKS("table: is made, read, listed")
def table(stage):
    client = stage.logs.tables
    at = (stage.group, WORKSPACE)
    body = {"properties": {"schema": {"name": TABLE, "columns": COLUMNS}}}
    made = client.begin_create_or_update(*at, TABLE, body).result()
    same((made.name, made.properties.provisioning_state), (TABLE, "Succeeded"))
    columns = [each.name for each in client.get(*at, TABLE).properties.schema.columns]
    same(columns, ["TimeGenerated", "LogName"])
    assert TABLE in names(client.list_by_workspace(*at))


@CHECKS("data collection endpoint: is made, read, listed, updated")
def endpoint(stage):
    client = stage.monitor.data_collection_endpoints
    made = client.create(stage.group, "dce", {"location": stage.location, "properties": {}})
    same((made.name, made.provisioning_state), ("dce", "Succeeded"))
    assert made.logs_ingestion.endpoint.startswith("https://")
    same(client.get(stage.group, "dce").id, made.id)
    same(names(client.list_by_resource_group(stage.group)), ["dce"])
    same(names(client.list_by_subscription()), ["dce"])
    same(client.update(stage.group, "dce", {"tags": {"a": "1"}}).tags, {"a": "1"})


@CHECKS("data collection rule: is made, read, listed, updated, deleted")
def rule(stage):
    client = stage.monitor.data_collection_rules
    stream = f"Custom-{TABLE}"
    workspace = stage.id_of("Microsoft.OperationalInsights/workspaces", WORKSPACE)
    flow = {"streams": [stream], "destinations": ["logs"], "outputStream": stream}
    endpoint = stage.monitor.data_collection_endpoints.get(stage.group, "dce")
    columns = [{**each, "type": each["type"].lower()} for each in COLUMNS]
    properties = {
        "dataCollectionEndpointId": endpoint.id,
        "streamDeclarations": {stream: {"columns": columns}},
        "destinations": {"logAnalytics": [{"workspaceResourceId": workspace, "name": "logs"}]},
        "dataFlows": [{**flow, "transformKql": "source"}],
    }
    body = {"location": stage.location, "properties": properties}
    made = client.create(stage.group, "dcr", body)
    same(made.immutable_id[:4], "dcr-")
    same(client.get(stage.group, "dcr").data_flows[0].output_stream, stream)
    same(names(client.list_by_resource_group(stage.group)), ["dcr"])
    same(names(client.list_by_subscription()), ["dcr"])
    same(client.update(stage.group, "dcr", {"tags": {"a": "1"}}).tags, {"a": "1"})
    client.delete(stage.group, "dcr")
    refused(404, "ResourceNotFound", lambda: client.get(stage.group, "dcr"))


@CHECKS("data collection endpoint, table and workspace: are deleted, the workspace to a bin")
def deleted(stage):
    endpoints = stage.monitor.data_collection_endpoints
    endpoints.delete(stage.group, "dce")
    refused(404, "ResourceNotFound", lambda: endpoints.get(stage.group, "dce"))
    tables = stage.logs.tables
    tables.begin_delete(stage.group, WORKSPACE, TABLE).result()
    assert TABLE not in names(tables.list_by_workspace(stage.group, WORKSPACE))
    workspaces = stage.logs.workspaces
    workspaces.begin_delete(stage.group, WORKSPACE).result()
    refused(404, "ResourceNotFound", lambda: workspaces.get(stage.group, WORKSPACE))
    same(names(stage.logs.deleted_workspaces.list()), [WORKSPACE])
