import type {
  Extra,
  FieldName,
  FormPart,
  SecretFieldName,
  SelectFieldName,
  TextFieldName,
} from '../../contract/wizardState.ts';
import type { VerifiedApp } from '../credentials.ts';
import type { SetupError } from '../errors.ts';
import type { GpuFamily } from '../gpuQuota.ts';
import type {
  AzureLocation,
  AzureResourceGroup,
  AzureStorageAccount,
  AzureSubscription,
  AzureTenant,
  FoundProject,
} from '../ports.ts';
import type { NameCheck } from './nameCheck.ts';
import type { Loaded } from './loaded.ts';
import type { SignIns } from './signIns.ts';
import type {
  AppRegistrar,
  CheckedServer,
  HomeServer,
  WizardAccount,
  WizardEnvironment,
} from './wizardDeps.ts';

export type Chosen = Partial<Record<SelectFieldName, string>>;
export type Typed = Partial<Record<TextFieldName, string>>;

/** That a secret was given, and what can be said of it; never what it is. */
export interface GivenSecret {
  /** Another one with each that is given, so that each is checked anew. */
  readonly version: number;
  readonly hasBlanks: boolean;
  readonly looksLikeGuid: boolean;
}

/** The lists behind the form, each for what is chosen before it. */
export interface FormLists {
  readonly environment: Loaded<WizardEnvironment>;
  readonly accounts: Loaded<readonly WizardAccount[]>;
  readonly tenants: Loaded<readonly AzureTenant[]>;
  readonly subscriptions: Loaded<readonly AzureSubscription[]>;
  /** Every project that is visible in the tenant: their names are taken. */
  readonly projects: Loaded<readonly FoundProject[]>;
  readonly locations: Loaded<readonly AzureLocation[]>;
  readonly storageAccounts: Loaded<readonly AzureStorageAccount[]>;
  readonly resourceGroups: Loaded<readonly AzureResourceGroup[]>;
  /** Of the chosen location; nothing waits for it. */
  readonly gpuQuota: Loaded<readonly GpuFamily[]>;
  readonly nameCheck: Loaded<NameCheck>;
  /** Who would register an app here. */
  readonly registrar: Loaded<AppRegistrar>;
  readonly appCheck: Loaded<VerifiedApp>;
  readonly homeServers: Loaded<readonly HomeServer[]>;
  readonly serverCheck: Loaded<CheckedServer>;
}

/** All that the form knows; what it shows is derived from this alone (`formView.ts`). */
export interface FormModel {
  readonly lists: FormLists;
  /** Tenants that take another sign-in. */
  readonly signIns: Pick<SignIns, 'follow' | 'needed'>;
  /** Values that are chosen now; each is in its list. */
  readonly chosen: Chosen;
  /** What was typed, trimmed. Absent: the default stands. */
  readonly typed: Typed;
  /** Problems that came from elsewhere (sign-in, the plan) and belong to a field. */
  readonly problems: ReadonlyMap<FieldName, FieldProblem>;
  readonly searches: Chosen;
  readonly secrets: Partial<Record<SecretFieldName, GivenSecret>>;
  readonly extras: ReadonlySet<Extra>;
  readonly open: ReadonlySet<FormPart>;
  /** Parts that were open once: what only they need is asked for then. */
  readonly visited: ReadonlySet<FormPart>;
  /** Parts that somebody wanted to leave: from then on an empty field says that it is missing. */
  readonly attempted: ReadonlySet<FormPart>;
  readonly reviewing: boolean;
}

export interface FieldProblem {
  readonly error: SetupError;
  /** The project that can be used instead. */
  readonly useProject?: FoundProject;
}
