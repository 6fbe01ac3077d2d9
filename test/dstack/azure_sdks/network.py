from .stage import Checks, names, refused, same

CHECKS = Checks()
NSG = "Microsoft.Network/networkSecurityGroups"


def rule(name, priority, port):
    return {
        "name": name,
        "properties": {
            "protocol": "Tcp",
            "access": "Allow",
            "direction": "Inbound",
            "priority": priority,
            "sourceAddressPrefix": "Internet",
            "sourcePortRange": "*",
            "destinationAddressPrefix": "*",
            "destinationPortRange": port,
        },
    }


@CHECKS("security group: is made, read, listed, updated")
def security_group(stage):
    client = stage.network.network_security_groups
    body = {"location": stage.location, "properties": {"securityRules": [rule("ssh", 100, "22")]}}
    made = client.begin_create_or_update(stage.group, "rules", body).result()
    same((made.name, names(made.security_rules)), ("rules", ["ssh"]))
    same(client.get(stage.group, "rules").provisioning_state, "Succeeded")
    assert len(made.default_security_rules) == 6, names(made.default_security_rules)
    same(names(client.list(stage.group)), ["rules"])
    same(names(client.list_all()), ["rules"])
    same(client.update_tags(stage.group, "rules", {"tags": {"a": "1"}}).tags, {"a": "1"})
    body["properties"]["securityRules"].append(rule("https", 101, "443"))
    again = client.begin_create_or_update(stage.group, "rules", body).result()
    same(names(again.security_rules), ["https", "ssh"])


@CHECKS("virtual network: is made with its subnet, read, listed, updated")
def virtual_network(stage):
    client = stage.network.virtual_networks
    subnet = {
        "name": "one",
        "properties": {
            "addressPrefix": "10.0.0.0/20",
            "networkSecurityGroup": {"id": stage.id_of(NSG, "rules")},
        },
    }
    space = {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}
    body = {"location": stage.location, "properties": {**space, "subnets": [subnet]}}
    poller = client.begin_create_or_update(stage.group, "net", body)
    same(poller.done(), False)
    made = poller.result()
    same((made.provisioning_state, names(made.subnets)), ("Succeeded", ["one"]))
    same(client.get(stage.group, "net").address_space.address_prefixes, ["10.0.0.0/16"])
    same(names(client.list(stage.group)), ["net"])
    same(names(client.list_all()), ["net"])
    same(client.update_tags(stage.group, "net", {"tags": {"a": "1"}}).tags, {"a": "1"})
    same(list(stage.network.virtual_network_peerings.list(stage.group, "net")), [])


@CHECKS("subnet: is made, read, listed, deleted")
def subnet(stage):
    client = stage.network.subnets
    at = (stage.group, "net")
    body = {"properties": {"addressPrefix": "10.0.16.0/20"}}
    made = client.begin_create_or_update(*at, "two", body).result()
    same((made.name, made.address_prefix), ("two", "10.0.16.0/20"))
    same(client.get(*at, "two").provisioning_state, "Succeeded")
    same(names(client.list(*at)), ["one", "two"])
    client.begin_delete(*at, "two").result()
    same(names(client.list(*at)), ["one"])
    overlapping = {"properties": {"addressPrefix": "10.0.8.0/24"}}
    put = client.begin_create_or_update
    refused(400, "NetcfgSubnetRangesOverlap", lambda: put(*at, "three", overlapping))


@CHECKS("security group: in use stays; unused it is deleted, like the network")
def deleted(stage):
    groups = stage.network.network_security_groups
    refused(
        400,
        "InUseNetworkSecurityGroupCannotBeDeleted",
        lambda: groups.begin_delete(stage.group, "rules"),
    )
    networks = stage.network.virtual_networks
    networks.begin_delete(stage.group, "net").result()
    refused(404, "ResourceNotFound", lambda: networks.get(stage.group, "net"))
    groups.begin_delete(stage.group, "rules").result()
    refused(404, "ResourceNotFound", lambda: groups.get(stage.group, "rules"))
    groups.begin_delete(stage.group, "rules").result()
