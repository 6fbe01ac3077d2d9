"""Drives a (simulated) Azure with Microsoft's own clients for Python, one JSON line per check.

Reads AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET and AZURE_SUBSCRIPTION_ID. Everything
else of the environment is the clients' own: HTTPS_PROXY, REQUESTS_CA_BUNDLE, SSL_CERT_FILE.
"""

import sys

from azure_sdks import access, groups, logs, network, signing_in, storage, subscription, vaults
from azure_sdks.stage import Stage

stage = Stage()
stage.run(signing_in.CHECKS)
stage.run(subscription.CHECKS)
stage.run(groups.CHECKS)
stage.run(storage.CHECKS)
stage.run(network.CHECKS)
stage.run(access.CHECKS)
stage.run(vaults.CHECKS)
stage.run(logs.CHECKS)
stage.run(groups.LAST_CHECKS)
sys.exit(0)
