/**
 * The rules of the README, each by its first words, and the tests that hold it. A rule without a
 * test, or a test that is gone, fails `core.readme.test.ts`.
 */
export const RULES: Readonly<Record<string, readonly string[]>> = {
  'Nothing happens by itself': [
    'the same seed gives the same ids, lags and durations, another seed others',
  ],
  'Operations take the times': [
    'without lag everything is seen at once, but accounts still take their seconds',
    'takes its time, lets its resources go one after the other and refuses writes meanwhile',
    'a provider registers slowly and only from a subscription-wide right',
  ],
  "With `lag: 'seeded'` writes spread slowly": [
    'a new identity can be granted nothing for 6 to 269 s, unless its type is said',
    'a grant reaches the control plane after a while',
    'come from a role assignment on the container, with its lag, and from nothing else',
    'Resource Graph shows the old tags first, then the new ones',
    'a new application, its principal and its secret each take their time',
    'can be assigned only when Azure has spread it',
  ],
  'Every call needs a token': [
    'refuses calls without a token, with an expired one, for another audience and of another tenant',
  ],
  'Every call is authorised': [
    'reaches down from the subscription, whatever the case of the path',
    'does not reach a sibling whose name begins alike, nor up',
    'comes through groups of people and through management groups',
    'notActions take away only from the same permission item',
    'notDataActions take away from dataActions',
  ],
  'Deny assignments win': [
    'a deny assignment wins over Owner',
    'may grant the roles of the condition and no others',
  ],
  'A subnet that points': [
    'a subnet needs the right to join the security group that it points at',
    'needs the right on every assignable scope, and actions that could exist',
  ],
  "The caller's own permissions": [
    'shows its condition in its assignment, and not among its permissions',
    'a caller’s permissions are told at a group or a resource, as documented, and not above',
  ],
  'Lists of groups and resources': ['a list of groups shows only those that the caller may read'],
  'Missing or malformed `api-version`': [
    'a body that is not JSON, and another content type',
    'moving a group or a resource to another location',
    'empties a bucket of 200 writes, answers 429 with Retry-After and refills 10 per second',
    'a disabled subscription can be read and not written',
    'deny with the policies named, and tell beforehand what they will do',
    'of Azure itself close regions to a student',
    'stop deletion, at the locked scope, below it and of what holds it',
    'is demanded for a person’s writes by a claims challenge, and the answered challenge is enough',
  ],
  'Each in its recorded style': [
    'is answered with 202 and an empty body, and the poll ends with the account itself',
    'are Updating until the operation is done, and take one write at a time',
    'follow each other: workspace, table, endpoint, rule',
  ],
  'Poll URLs are signed': ['a poll URL counts only as it was handed out, letter by letter'],
  '**Groups**': [
    'takes its time, lets its resources go one after the other and refuses writes meanwhile',
  ],
  '**Storage** names': [
    'exist worldwide under one name: taken, already mine, or foreign',
    'answer a repeated PUT with 200, merge properties and keep tags that were not sent',
    'allow nothing else while they are being made',
    'cannot be made before its provider is registered, and the name check fails oddly then',
  ],
  '**Containers** keep': ['keep their name for half a minute after they were deleted'],
  '**Networks**': [
    'are replaced whole: rules and subnets that are not sent are gone',
    'are Updating until the operation is done, and take one write at a time',
    'hold a security group that a subnet uses, and let go of it when the subnet is rewritten without it',
    'serves only subnets of its own region',
    'takes ends of a rule as one value or as a list',
  ],
  '**Vaults** go': [
    'go into the bin, block their name there, and can be recovered or purged',
    'are forgotten when their retention is over',
    'keep what cannot be changed, and need policies when they are not in RBAC mode',
    'comes back from the bin only where it was',
  ],
  '**Workspaces** go': [
    'leave a workspace in its bin for 14 days unless it is forced out',
    'take one change at a time: none while a workspace is being made or is going',
    'follow each other: workspace, table, endpoint, rule',
    'stand in one region: rule, endpoint and workspace',
  ],
  '**Role definitions**': [
    'has a name that is unique in the tenant, and cannot go while it is assigned',
    'is refused with %s',
    'are harmless to repeat, cannot be changed and exist once only',
    'keep their principal when they are put again, and leave their assignments behind',
  ],
  '**Tags API**': ['are merged, replaced and taken away without touching the rest of the resource'],
  '**Resource Graph** runs': ['refuses what is no query with 400 and what it cannot run with 501'],
  '**Graph**': [
    'of a new app is refused at first, in words for a lag or like a missing right',
    'is created by its unique name once: 201, then 204 without a body, then found',
    'takes its service principal with it and lies in the directory’s bin',
    'only owners and administrators change an application',
    'VS Code’s own token is good for /me and for nothing about applications',
    'the unique name of an application comes with an upsert alone, and the upsert names the app',
  ],
  '**Not simulated**': ['answers 501 to what it does not simulate, names it and logs it'],
  '`{ method?, path?': [
    'a fault before the effect keeps the request from Azure',
    'a fault after the effect hides an answer whose work was done',
    'strikes only the nth time, or so many times, and counts',
    'by seed strikes about as often as asked, the same requests each time',
    'can only hold an answer back',
  ],
};
