/**
 * What the host says to the page: always the whole state, never a part of it, so that a reload is
 * just "send the state again". No secret is ever in it. All text is text: the page never parses it.
 */
export interface WizardState {
  /** Grows with every change, so that the page can drop what is older than what it shows. */
  readonly revision: number;
  readonly step: WizardStep;
  readonly form: WizardForm;
  /** There from `review` on. */
  readonly plan?: PlanView;
  /** There from `progress` on. */
  readonly progress?: ProgressView;
  readonly done?: DoneView;
  /** What stops the whole page rather than one field (no network, wrong cloud, plan changed). */
  readonly problem?: ProblemView;
  /** What an action has just done, to be read where the person is: `The command is copied.` */
  readonly notice?: string;
  /** The last thing worth saying to a screen reader: one message per change of state. */
  readonly announcement?: string;
}

export type WizardStep = 'form' | 'review' | 'progress' | 'done';

export interface WizardForm {
  readonly account: SelectField;
  readonly tenant: SelectField;
  readonly subscription: SelectField;
  readonly location: SelectField;
  readonly storageAccount: SelectField;
  /** The name of an account to create; shown when `storageAccount.value` is `CREATE_NEW`. */
  readonly newStorageAccount: TextField;
  /** The resource group of an account to create. */
  readonly resourceGroup: SelectField;
  readonly newResourceGroup: TextField;
  readonly projectName: TextField;
  /** The id of a tenant that is in no list. */
  readonly otherTenant: TextField;
  /** How the dstack server signs in to Azure: one of `CREDENTIAL_WAYS`. */
  readonly credentials: SelectField;
  readonly appTenant: TextField;
  readonly clientId: TextField;
  readonly clientSecret: SecretField;
  /** How many days the secret of a new app is good for. */
  readonly secretDays: TextField;
  /** Object id of the identity of a server elsewhere; may be empty. */
  readonly principalId: TextField;
  readonly server: SelectField;
  readonly serverUrl: TextField;
  readonly serverToken: SecretField;
  readonly extras: readonly ExtraView[];
  /** Who gets which right, in plain words; empty until the place is known. */
  readonly roles: readonly RoleView[];
  /** What an administrator is asked for, ready to copy; there when that way was chosen. */
  readonly administrator?: AdministratorView;
  readonly parts: Readonly<Record<FormPart, PartView>>;
  /** The fields that the present answers call for; the others are not shown. */
  readonly inUse: readonly FieldName[];
  /** Whether the plan can be asked for; if not, why. */
  readonly canReview: boolean;
  readonly reviewing: boolean;
  readonly whyNotReview?: string;
}

/** The option of a select that means "make a new one". */
export const CREATE_NEW = '+new';

/** The option of the tenants that means "one that is not listed". */
export const OTHER_TENANT = '+other';

/** How the server signs in to Azure (design.md, Credentials for the server). */
export const CREDENTIAL_WAYS = ['default', 'existingApp', 'newApp', 'administrator'] as const;
export type CredentialWay = (typeof CREDENTIAL_WAYS)[number];

/** The options of `server`; one of the home configuration is `home:` and its URL. */
export const LOCAL_SERVER = 'local';
export const REMOTE_SERVER = 'remote';

/** The parts of the form, in their order. */
export const FORM_PARTS = ['where', 'access', 'server'] as const;
export type FormPart = (typeof FORM_PARTS)[number];

export interface PartView {
  readonly open: boolean;
  /** Nothing is missing or wrong in it. */
  readonly complete: boolean;
  /** What was answered, in one line, for when it is closed. */
  readonly summary: string;
}

/** What a project may have besides; each is one tick. */
export const EXTRAS = ['secretsAndLogs', 'gateways', 'classicPorts', 'classicVmRight'] as const;
export type Extra = (typeof EXTRAS)[number];

export interface ExtraView {
  readonly name: Extra;
  readonly label: string;
  readonly detail: string;
  readonly checked: boolean;
  /** What to think about before it is ticked. */
  readonly warning?: string;
}

export interface RoleView {
  readonly who: string;
  readonly what: string;
  readonly where: string;
}

/** What an administrator has to do; holds no secret. */
export interface AdministratorView {
  readonly text: string;
}

/** How many options of one list go to the page at a time: a person can't read more, a page can't draw more. */
export const OPTIONS_SENT = 200;

export const SELECT_FIELDS = [
  'account',
  'tenant',
  'subscription',
  'location',
  'storageAccount',
  'resourceGroup',
  'credentials',
  'server',
] as const;
export const TEXT_FIELDS = [
  'newStorageAccount',
  'newResourceGroup',
  'projectName',
  'otherTenant',
  'appTenant',
  'clientId',
  'secretDays',
  'principalId',
  'serverUrl',
] as const;
/** Fields whose value goes up once and never comes down again. */
export const SECRET_FIELDS = ['clientSecret', 'serverToken'] as const;
export type SelectFieldName = (typeof SELECT_FIELDS)[number];
export type TextFieldName = (typeof TEXT_FIELDS)[number];
export type SecretFieldName = (typeof SECRET_FIELDS)[number];
export type FieldName = SelectFieldName | TextFieldName | SecretFieldName;

export interface SelectField {
  readonly value?: string;
  /** At most `OPTIONS_SENT` of them, the chosen one always among them. */
  readonly options: readonly Option[];
  /** How many there are in all; if more than `options` has, the page asks by `search`. */
  readonly total: number;
  /** The search that `options` answers. */
  readonly search?: string;
  readonly loading: boolean;
  readonly disabled: boolean;
  readonly error?: ProblemView;
  /** Asking Azure again may help. */
  readonly canRetry: boolean;
  /** Why there is nothing to choose, when the list has come and is empty. */
  readonly emptyReason?: string;
  /** A short hint under the field. */
  readonly hint?: string;
  /** What a button beside the field would do (sign in to this tenant, sign in with another account). */
  readonly action?: FieldAction;
}

export interface TextField {
  readonly value: string;
  /** The check behind it runs (name availability). */
  readonly loading: boolean;
  readonly disabled: boolean;
  readonly error?: ProblemView;
  /** Asking Azure again may help. */
  readonly canRetry: boolean;
  readonly hint?: string;
  /** A free alternative, one click away. */
  readonly suggestion?: string;
  readonly action?: FieldAction;
}

/** A field for a secret: the host has it or not; what it is, nobody says. */
export interface SecretField {
  readonly stored: boolean;
  /** The check behind it runs (signing in, asking the server). */
  readonly loading: boolean;
  readonly disabled: boolean;
  readonly error?: ProblemView;
  readonly canRetry: boolean;
  readonly hint?: string;
  readonly action?: FieldAction;
}

export interface Option {
  readonly value: string;
  readonly label: string;
  readonly detail?: string;
  /** Shown but not selectable, and why. */
  readonly disabledReason?: string;
  /** What has to be done before it is of use; it can be chosen all the same. */
  readonly mark?: string;
  /** What a button in its row does besides choosing it. */
  readonly action?: FieldAction;
}

export const FIELD_ACTIONS = [
  'signIn',
  'signInToTenant',
  'useAnotherAccount',
  'useProject',
  'openQuota',
] as const;

export interface FieldAction {
  readonly id: (typeof FIELD_ACTIONS)[number];
  readonly label: string;
}

/** A failure as a user reads it. */
export interface ProblemView {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  /** What a button beside it would do, where one click helps. */
  readonly action?: ProblemAction;
}

export const PROBLEM_ACTIONS = ['continue', 'openFolder'] as const;

export interface ProblemAction {
  readonly id: (typeof PROBLEM_ACTIONS)[number];
  readonly label: string;
}

/** The plan that is shown; the plan that is run carries the same id. */
export interface PlanView {
  readonly planId: string;
  readonly items: readonly PlanItemView[];
  /** One sentence: `9 objects to create, 1 to adopt`. */
  readonly summary: string;
  /** Whether it can be run: no conflict, no missing right that the plan can't do without. */
  readonly canApply: boolean;
  /** Files that will be written into the workspace folder, and whether they hold a secret. */
  readonly files: readonly { readonly path: string; readonly note: string }[];
  readonly warnings: readonly string[];
  /** What the preflight found that stops the run. */
  readonly problems?: readonly ProblemView[];
  /** Steps that an administrator has to do, and the commands for it; the rest runs without them. */
  readonly handOff?: HandOffView;
  /** What the signed-in account may do of what the plan needs; absent if nothing was asked. */
  readonly rights?: RightsView;
  readonly ports: readonly PortView[];
  readonly costs: CostsView;
  /** How long it takes, in words; absent if nothing is to be done. */
  readonly duration?: string;
}

/** Whether an action is allowed, asked for before the first write. */
export interface RightsView {
  /** `Your account may do all 12 actions.` */
  readonly summary: string;
  /** Nothing is missing or unknown, so that the list needs no look. */
  readonly isClear: boolean;
  readonly checks: readonly {
    readonly action: string;
    readonly scope: string;
    readonly verdict: 'may' | 'mayNot' | 'cantTell';
    /** Why not, or why nobody can tell; empty for `may`. */
    readonly why: string;
    /** What would help, e.g. `Owner or User Access Administrator at ...`. */
    readonly remedy?: string;
  }[];
}

/** What may come in from the internet. */
export interface PortView {
  readonly ports: string;
  readonly purpose: string;
}

export interface CostsView {
  readonly items: readonly { readonly what: string; readonly price: string }[];
  /** What the figures are and what they leave out. */
  readonly note: string;
}

export const EXPORT_FORMATS = ['markdown', 'template'] as const;
/** How the plan is shown before it runs: to be read, or to be deployed by somebody else. */
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** What an administrator has to do in the person's place. */
export interface HandOffView {
  /** The steps, each with what it is for. */
  readonly steps: readonly string[];
  /** Commands and roles, as a page to send. Holds no secret. */
  readonly text: string;
}

export const HAND_OFF_ACTIONS = ['copy', 'open'] as const;
export type HandOffAction = (typeof HAND_OFF_ACTIONS)[number];

export type PlanAction = 'create' | 'update' | 'adopt' | 'keep' | 'replace' | 'conflict';

export interface PlanItemView {
  readonly key: string;
  /** `Storage account`, `Role assignment`: the field's term. */
  readonly kindLabel: string;
  readonly name: string;
  readonly action: PlanAction;
  readonly reason: string;
  readonly purpose: string;
  /** For a role: what may be done, and where. */
  readonly scope?: string;
  /** For a role assignment: who gets it. */
  readonly grantedTo?: string;
}

export interface ProgressView {
  readonly items: readonly ProgressItemView[];
  /** 0 to 1. */
  readonly fraction: number;
  readonly canCancel: boolean;
  readonly cancelling: boolean;
  /** Failed or interrupted, and can go on at step `done + 1` of `total`. */
  readonly canContinue: boolean;
  readonly done: number;
  readonly total: number;
  /** Steps that wait for an administrator, with everything that the run has made known by now. */
  readonly handOff?: HandOffView;
}

export type ProgressStatus =
  | 'waiting'
  | 'running'
  | 'done'
  | 'failed'
  | 'skipped'
  /** Only an administrator can do it; Continue finds it done. */
  | 'handedOff';

export interface ProgressItemView {
  readonly key: string;
  readonly kindLabel: string;
  readonly name: string;
  readonly status: ProgressStatus;
  /** Unix ms; the page counts the seconds of a running item by itself. */
  readonly startedAt?: number;
  readonly durationMs?: number;
  /** `waiting for the role to spread`, `Azure asked us to slow down`. */
  readonly note?: string;
  readonly problem?: ProblemView;
  /** It has failed and can be tried again alone. */
  readonly canRetry?: boolean;
}

export interface DoneView {
  readonly projectName: string;
  readonly summary: string;
  readonly files: readonly { readonly path: string; readonly note: string }[];
  /** What is still on its way (the record, the server). */
  readonly pending: readonly string[];
  /** What will be in the way of runs although the project is there. */
  readonly warnings?: readonly string[];
  readonly actions: readonly DoneAction[];
}

export const DONE_ACTIONS = [
  'startServer',
  'restartServer',
  'openTerminal',
  'createFleet',
  'createHelloGpu',
  'openConfig',
  'copyCliCommand',
  'openPortal',
  'showInTree',
  'createAnother',
  'undo',
] as const;
export type DoneAction = (typeof DONE_ACTIONS)[number];
