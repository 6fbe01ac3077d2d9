import { v5 as uuidv5 } from 'uuid';
import { PROJECT_NAME_PATTERN } from './projectSpec.ts';

/** Namespace of every name-based UUID that this product makes. Never change it: names are found again by it. */
const NAMESPACE = '5d1c7a52-0b6e-5c1e-9d36-6c1f7a1de5a9';

/** The container for artifacts: the name that the seed's Hub used (dstack-facts A2). */
export const ARTIFACTS_CONTAINER = 'dstack-container';
/** The container of our own, which holds the project record. */
export const RECORD_CONTAINER = 'dstack-azure';

/** Tag that makes a project findable; on the storage account and the resource group. */
export const PROJECT_TAG = 'dstack-project';
/** Tag that proves that an object is ours; only ever in the PUT that creates it. */
export const CREATED_BY_TAG = 'dstack-created-by';

const STORAGE_NAME = /^[a-z0-9]{3,24}$/;
const RESOURCE_GROUP_NAME = /^[\p{L}\p{N}_.()-]{1,90}$/u;

/** A hash as hexadecimal characters; stable over machines and versions. */
export function hashOf(text: string, length: number): string {
  return uuidv5(text, NAMESPACE).replaceAll('-', '').slice(0, length);
}

/** Which project an object belongs to: the same on every machine that is given the same spec. */
export function projectIdOf(at: {
  readonly subscriptionId: string;
  readonly storageAccount: string;
  readonly projectName: string;
}): string {
  const parts = [at.subscriptionId, at.storageAccount, at.projectName];
  return uuidv5(`project|${parts.join('|').toLowerCase()}`, NAMESPACE);
}

/** The value of `CREATED_BY_TAG` for objects of this project. */
export function createdBy(projectId: string): string {
  return `dstack-azure/${projectId}`;
}

/** The project id in a `CREATED_BY_TAG` value, or undefined if it is none of ours. */
export function projectIdInTag(value: string | undefined): string | undefined {
  const match = /^dstack-azure\/([0-9a-f-]{36})$/i.exec(value ?? '');
  return match?.[1]?.toLowerCase();
}

/** The app's name in Graph that no two apps of a tenant share: a repeated request finds its own app. */
export function appUniqueName(projectId: string): string {
  return `dstack-azure-${projectId}`;
}

const SECRET_NAME = 'dstack-azure ';

/** The name of a client secret: it says which run made it. */
export function secretName(runId: string): string {
  return `${SECRET_NAME}${runId}`;
}

/** The run that made a client secret, or undefined if it is none of ours. */
export function runIdInSecretName(name: string | undefined): string | undefined {
  const runId = name?.startsWith(SECRET_NAME) === true ? name.slice(SECRET_NAME.length) : '';
  return runId === '' ? undefined : runId;
}

/** `dstack-<project>`: allowed as a group name for every allowed project name. */
export function defaultResourceGroupName(projectName: string): string {
  return `dstack-${projectName}`;
}

/**
 * `dstack` + up to 10 letters or digits of the project + 8 hash characters.
 * @param attempt 0 for the first choice; higher numbers give other names when that is taken
 */
export function defaultStorageAccountName(
  subscriptionId: string,
  projectName: string,
  attempt = 0,
): string {
  const readable = projectName
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .slice(0, 10);
  const seed = `account|${subscriptionId}|${projectName}|${attempt.toString()}`.toLowerCase();
  return `dstack${readable}${hashOf(seed, 8)}`;
}

/** The identity that runs get: the seed's name, unique because account names are. */
export function identityName(storageAccount: string): string {
  return `${storageAccount}-runner-identity`;
}

/** The network of runs. */
export function networkName(storageAccount: string): string {
  return `${storageAccount}-default-network`;
}

/** The subnet that the VMs of runs are in. */
export function subnetName(storageAccount: string): string {
  return `${storageAccount}-default-subnet`;
}

/**
 * One per group and location: the seed's fixed name made a second project in another location of
 * the same group fail (dstack-facts A2).
 */
export function securityGroupName(location: string): string {
  return `dstack-network-security-group-${location}`;
}

/**
 * The account's name, as the seed had it; a vault must start with a letter, so an account that
 * starts with a digit gives `k` + 18 characters + 5 hash characters (24 at most).
 */
export function keyVaultName(storageAccount: string): string {
  if (/^[a-z]/.test(storageAccount)) return storageAccount;
  return `k${storageAccount.slice(0, 18)}${hashOf(`vault|${storageAccount}`, 5)}`;
}

/** The GUID and the tenant-unique name of one of the project's custom roles. */
export function customRole(
  projectId: string,
  resourceGroup: string,
  use: 'run' | 'read',
): { readonly guid: string; readonly name: string } {
  const guid = uuidv5(`role|${projectId}|${use}`, NAMESPACE);
  const suffix = use === 'read' ? ' reader' : '';
  return { guid, name: `dstack ${resourceGroup}${suffix} ${hashOf(guid, 8)}` };
}

/**
 * The name of a role assignment: the same content has the same name, so that a retry is harmless
 * and a re-created identity (a new principal id) gets a new one (azure-facts 1.3).
 */
export function roleAssignmentName(scope: string, principalId: string, roleId: string): string {
  return uuidv5(`${scope}|${principalId}|${roleId}`.toLowerCase(), NAMESPACE);
}

/** The blob that holds the record of a project; names are compared without regard to case. */
export function recordBlobName(projectName: string): string {
  return `projects/${projectName.toLowerCase()}.json`;
}

/** Whether Azure would accept the name of a storage account (3-24 lower-case letters and digits). */
export function isStorageAccountName(name: string): boolean {
  return STORAGE_NAME.test(name);
}

/** Whether Azure would accept the name of a resource group (1-90, not ending in a dot). */
export function isResourceGroupName(name: string): boolean {
  return RESOURCE_GROUP_NAME.test(name) && !name.endsWith('.');
}

/** Whether the dstack server would accept the name of a project. */
export function isProjectName(name: string): boolean {
  return PROJECT_NAME_PATTERN.test(name);
}
