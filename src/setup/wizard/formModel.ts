import type { FieldName, SelectFieldName, TextFieldName } from '../../contract/wizardState.ts';
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
import type { WizardAccount, WizardEnvironment } from './wizardDeps.ts';

export type Chosen = Partial<Record<SelectFieldName, string>>;
export type Typed = Partial<Record<TextFieldName, string>>;

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
}

/** All that the form knows; what it shows is derived from this alone (`formView.ts`). */
export interface FormModel {
  readonly lists: FormLists;
  /** Values that are chosen now; each is in its list. */
  readonly chosen: Chosen;
  /** What was typed, trimmed. Absent: the default stands. */
  readonly typed: Typed;
  /** Problems that came from elsewhere (sign-in, the plan) and belong to a field. */
  readonly problems: ReadonlyMap<FieldName, FieldProblem>;
  readonly searches: Chosen;
  /** Review was pressed once: from then on an empty field says that it is missing. */
  readonly attempted: boolean;
  readonly reviewing: boolean;
}

export interface FieldProblem {
  readonly error: SetupError;
  /** The project that can be used instead. */
  readonly useProject?: FoundProject;
}
