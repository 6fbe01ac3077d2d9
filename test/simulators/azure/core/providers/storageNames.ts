import { refuse, type Reply } from '../failure.ts';
import { textAt, type Json } from '../json.ts';
import { bodyOf, param, type Call } from '../operation.ts';
import type { Resource } from '../state.ts';
import { isWithin } from '../arm/armId.ts';
import { isRegistered } from '../arm/registration.ts';

const TYPE = 'Microsoft.Storage/storageAccounts';
const JSON_TYPE = { 'Content-Type': 'application/json' };

function isValidName(name: string): boolean {
  return /^[a-z0-9]{3,24}$/.test(name);
}

/** Throws AccountNameInvalid for names that Azure does not take. */
export function checkAccountName(name: string): void {
  if (isValidName(name)) return;
  throw refuse(
    400,
    'AccountNameInvalid',
    `${name} is not a valid storage account name. ${NAME_RULE}`,
  );
}

const NAME_RULE =
  'Storage account name must be between 3 and 24 characters in length and use numbers and lower-case letters only.';

/** The account of that name, wherever in the world it is. */
function accountNamed(call: Call, name: string): Resource | undefined {
  return call.core.state
    .resourcesOfType(TYPE, '/')
    .find((account) => account.name.toLowerCase() === name.toLowerCase());
}

/** `checkNameAvailability`: free, taken by whomever, or no name at all. */
export function checkName(call: Call): Reply {
  const subscription = param(call, 'subscription');
  const known = call.core.state.subscriptions.get(subscription.toLowerCase());
  // Not MissingSubscriptionRegistration: this is what Storage itself says (Azure/azure-cli 27436).
  if (known === undefined || !isRegistered(known, 'Microsoft.Storage', call.now)) {
    throw refuse(404, 'SubscriptionNotFound', `Subscription ${subscription} was not found.`);
  }
  const body = bodyOf(call);
  const name = textAt(body, 'name') ?? '';
  if (textAt(body, 'type') !== TYPE) {
    throw refuse(400, 'InvalidParameter', "The value of parameter 'type' is invalid.");
  }
  return { status: 200, headers: JSON_TYPE, json: availability(call, name) };
}

function availability(call: Call, name: string): Json {
  if (!isValidName(name)) {
    return {
      nameAvailable: false,
      reason: 'AccountNameInvalid',
      message: `${name} is not a valid storage account name. ${NAME_RULE}`,
    };
  }
  const taken = accountNamed(call, name) !== undefined || call.core.state.foreignNames.has(name);
  if (!taken) return { nameAvailable: true };
  return {
    nameAvailable: false,
    reason: 'AlreadyExists',
    message: `The storage account named ${name} is already taken.`,
  };
}

/** Throws when the name is taken, by this subscription or by anybody in the world. */
export function checkFree(call: Call, name: string): void {
  const other = accountNamed(call, name);
  const own =
    other !== undefined && isWithin(other.id, `/subscriptions/${param(call, 'subscription')}`);
  if (own) {
    throw refuse(
      409,
      'StorageAccountAlreadyExists',
      `The storage account named ${name} already exists under the subscription.`,
    );
  }
  if (other === undefined && !call.core.state.foreignNames.has(name)) return;
  throw refuse(
    409,
    'StorageAccountAlreadyTaken',
    `The storage account named ${name} is already taken.`,
  );
}
