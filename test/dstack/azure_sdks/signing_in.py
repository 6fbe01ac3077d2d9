import time

from azure.core.exceptions import ClientAuthenticationError

from .stage import Checks

CHECKS = Checks()
ARM = "https://management.azure.com/.default"


def not_signed_in(credential, code):
    try:
        credential.get_token(ARM)
    except ClientAuthenticationError as error:
        if code not in str(error):
            raise AssertionError(f"not {code}: {error}") from error
        return
    raise AssertionError(f"signed in, not {code}")


@CHECKS("signing in: the app gets a token for an hour")
def app(stage):
    token = stage.credential.get_token(ARM)
    lifetime = token.expires_on - time.time()
    assert 3500 < lifetime <= 3600, lifetime


@CHECKS("signing in: a wrong secret is AADSTS7000215")
def wrong_secret(stage):
    not_signed_in(stage.credential_with("canary-wrong"), "AADSTS7000215")


@CHECKS("signing in: an unknown app is AADSTS700016")
def unknown_app(stage):
    unknown = "11111111-2222-4333-8444-555555555555"
    not_signed_in(stage.credential_with("any", unknown), "AADSTS700016")
