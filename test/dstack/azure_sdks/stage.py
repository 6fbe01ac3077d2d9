"""What all checks share: who calls, the clients, and one line per check."""

import json
import os
import time
import traceback

from azure.core.exceptions import HttpResponseError
from azure.identity import ClientSecretCredential
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.compute import ComputeManagementClient
from azure.mgmt.keyvault import KeyVaultManagementClient
from azure.mgmt.loganalytics import LogAnalyticsManagementClient
from azure.mgmt.monitor import MonitorManagementClient
from azure.mgmt.msi import ManagedServiceIdentityClient
from azure.mgmt.network import NetworkManagementClient
from azure.mgmt.resource.locks import ManagementLockClient
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.resource.subscriptions import SubscriptionClient
from azure.mgmt.resourcegraph import ResourceGraphClient
from azure.mgmt.storage import StorageManagementClient

# Used where the service sends no Retry-After; real seconds. Without it these clients wait 30.
POLLING_INTERVAL = 0.2


class Stage:
    """The clients, and the place where the checks work."""

    location = "westeurope"
    group = "dstack-python"
    account = "dstackpythonsdks"

    def __init__(self):
        env = os.environ
        self.tenant = env["AZURE_TENANT_ID"]
        self.client_id = env["AZURE_CLIENT_ID"]
        self.subscription = env["AZURE_SUBSCRIPTION_ID"]
        self.credential = self.credential_with(env["AZURE_CLIENT_SECRET"])
        self.subscriptions = SubscriptionClient(self.credential, retry_total=0)
        self.resource_graph = ResourceGraphClient(self.credential, retry_total=0)
        self.resources = self._client(ResourceManagementClient)
        self.locks = self._client(ManagementLockClient)
        self.storage = self._client(StorageManagementClient)
        self.identities = self._client(ManagedServiceIdentityClient)
        self.network = self._client(NetworkManagementClient)
        self.vaults = self._client(KeyVaultManagementClient)
        self.logs = self._client(LogAnalyticsManagementClient)
        self.monitor = self._client(MonitorManagementClient)
        self.authorization = self._client(AuthorizationManagementClient)
        self.compute = self._client(ComputeManagementClient)

    def _client(self, client):
        # A retried failure would not be seen.
        options = {"retry_total": 0, "polling_interval": POLLING_INTERVAL}
        return client(self.credential, self.subscription, **options)

    def credential_with(self, secret, client_id=None):
        return ClientSecretCredential(self.tenant, client_id or self.client_id, secret)

    @property
    def scope(self):
        return f"/subscriptions/{self.subscription}"

    @property
    def group_id(self):
        return f"{self.scope}/resourceGroups/{self.group}"

    def id_of(self, kind, name):
        return f"{self.group_id}/providers/{kind}/{name}"

    def run(self, checks):
        for sentence, check in checks:
            print(json.dumps({"check": sentence, **self._outcome(check)}), flush=True)

    def _outcome(self, check):
        started = time.monotonic()
        try:
            check(self)
            error = {}
        except Exception:  # A failure is a finding; the next check may still tell something.
            error = {"error": traceback.format_exc(limit=-4)}
        return {"ok": not error, "seconds": round(time.monotonic() - started, 2), **error}


class Checks(list):
    """Sentences and what proves them, in order."""

    def __call__(self, sentence):
        def add(check):
            self.append((sentence, check))
            return check

        return add


def same(actual, expected):
    if actual != expected:
        raise AssertionError(f"{actual!r} is not {expected!r}")


def names(items):
    return sorted(item.name for item in items)


def refused(status, code, act):
    """Runs what has to fail, with this status and code."""
    try:
        act()
    except HttpResponseError as error:
        found = error.error.code if error.error is not None else getattr(error, "error_code", None)
        same((error.status_code, found), (status, code))
        return error
    raise AssertionError(f"not refused with {status} {code}")
