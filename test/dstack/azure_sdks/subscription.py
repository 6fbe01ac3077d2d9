import time

from .stage import Checks, refused, same

CHECKS = Checks()
NAMESPACES = ["Storage", "ManagedIdentity", "KeyVault", "OperationalInsights", "Insights"]


@CHECKS("tenants: are listed")
def tenants(stage):
    assert stage.tenant in [each.tenant_id for each in stage.subscriptions.tenants.list()]


@CHECKS("subscription: is read and listed")
def subscription(stage):
    one = stage.subscriptions.subscriptions.get(stage.subscription)
    same((one.subscription_id, one.state), (stage.subscription, "Enabled"))
    listed = stage.subscriptions.subscriptions.list()
    assert one.display_name in [each.display_name for each in listed]


@CHECKS("subscription: an unknown one is not found")
def unknown_subscription(stage):
    unknown = "11111111-2222-4333-8444-555555555555"
    get = stage.subscriptions.subscriptions.get
    refused(404, "SubscriptionNotFound", lambda: get(unknown))


@CHECKS("locations: are listed with their regions' metadata")
def locations(stage):
    listed = list(stage.subscriptions.subscriptions.list_locations(stage.subscription))
    one = next(each for each in listed if each.name == stage.location)
    same((one.display_name, one.metadata.region_type), ("West Europe", "Physical"))


@CHECKS("providers: are registered, read and listed")
def providers(stage):
    client = stage.resources.providers
    for name in NAMESPACES:
        client.register(f"Microsoft.{name}")
    deadline = time.monotonic() + 20
    pending = [f"Microsoft.{name}" for name in NAMESPACES]
    while pending and time.monotonic() < deadline:
        time.sleep(0.2)
        pending = [name for name in pending if client.get(name).registration_state != "Registered"]
    same(pending, [])
    states = {each.namespace: each.registration_state for each in client.list()}
    same(states["Microsoft.Storage"], "Registered")


@CHECKS("compute: usages of a location are listed")
def usages(stage):
    listed = {each.name.value: each.limit for each in stage.compute.usage.list(stage.location)}
    assert listed["cores"] > 0, listed


@CHECKS("compute: sizes are listed by location, with capabilities")
def sizes(stage):
    filter = f"location eq '{stage.location}'"
    listed = {each.name: each for each in stage.compute.resource_skus.list(filter=filter)}
    size = listed["Standard_NC4as_T4_v3"]
    capabilities = {each.name: each.value for each in size.capabilities}
    same((size.resource_type, capabilities["GPUs"]), ("virtualMachines", "1"))
