import * as vscode from 'vscode';
import type { Option } from '../contract/wizardState.ts';
import { isProjectName } from '../setup/names.ts';
import { isCancellation, SetupError } from '../setup/errors.ts';
import type { AzureSubscription, AzureTenant, Catalog } from '../setup/ports.ts';
import { defaultProjectName } from '../setup/wizard/formOptions.ts';
import { locationOptions, subscriptionOptions, tenantOptions } from '../setup/wizard/options.ts';
import { SIGN_IN_NEEDED } from '../setup/wizard/selectFields.ts';
import type { WizardSnapshot } from '../setup/wizard/snapshot.ts';
import { BACK, pickOne, typeOne, type Place, type QuickChoice } from './quickSteps.ts';
import type { SignIn } from './signIn.ts';

export interface QuickCreateParts {
  readonly signIn: Pick<SignIn, 'accounts' | 'signIn'>;
  readonly catalogFor: (accountId: string) => Promise<Catalog>;
  /** The name of the folder that the project is for. */
  readonly folderName: string;
}

/** What the questions have been answered with so far. */
interface Answers {
  readonly accountId: string;
  name: string;
  subscription?: { readonly id: string; readonly tenantId: string };
  location?: string;
}

/**
 * Asks for name, subscription and location; everything else stays as the form proposes it. Nothing is
 * kept of it before the last answer.
 * @returns the form with these answers
 * @throws AbortError when a question is closed
 */
export async function askForEssentials(parts: QuickCreateParts): Promise<WizardSnapshot> {
  const accounts = await parts.signIn.accounts();
  const [only] = accounts;
  const several = accounts.length > 1;
  const account = only === undefined || several ? await parts.signIn.signIn() : only;
  const catalog = await parts.catalogFor(account.id);
  const answers: Answers = { accountId: account.id, name: defaultProjectName(parts.folderName) };
  const askFrom = (from: Answers, place: Place) =>
    askSubscription(from, place, { catalog, signIn: parts.signIn });
  const steps = [askName, askFrom, askLocation];
  let index = 0;
  for (let step = steps[0]; step !== undefined; step = steps[index]) {
    const place: Place = {
      title: vscode.l10n.t('Create Azure Project with Defaults'),
      step: index + 1,
      totalSteps: steps.length,
    };
    index += (await step(answers, place, catalog)) === BACK ? -1 : 1;
  }
  return formOf(answers);
}

function formOf({ accountId, name, subscription, location }: Answers): WizardSnapshot {
  return {
    schema: 1,
    form: {
      chosen: {
        account: accountId,
        ...(subscription && { tenant: subscription.tenantId, subscription: subscription.id }),
        ...(location === undefined ? {} : { location }),
      },
      typed: { projectName: name },
    },
  };
}

async function askName(answers: Answers, place: Place): Promise<typeof BACK | undefined> {
  const prompt = vscode.l10n.t('How dstack and your colleagues will call the project');
  const name = await typeOne(place, prompt, answers.name, (text) =>
    isProjectName(text)
      ? undefined
      : vscode.l10n.t(
          'A project name has 1 to 50 letters, digits, dashes and underscores, and nothing else.',
        ),
  );
  if (name === BACK) return BACK;
  answers.name = name;
  return undefined;
}

/** A tenant that takes another sign-in stands in the list too; chosen, it is asked again with it. */
async function askSubscription(
  answers: Answers,
  place: Place,
  { catalog, signIn }: Pick<QuickCreateParts, 'signIn'> & { readonly catalog: Catalog },
): Promise<typeof BACK | undefined> {
  const placeholder = vscode.l10n.t('The subscription that pays for what runs');
  for (;;) {
    let listed: Listed = { subscriptions: [], closed: [] };
    const chosen = await pickOne(place, placeholder, async (signal) => {
      listed = await allSubscriptions(catalog, signal);
      return [...choices(subscriptionOptions(listed.subscriptions)), ...signInChoices(listed)];
    });
    if (chosen === BACK) return BACK;
    const { accountId } = answers;
    const closed = listed.closed.find(({ tenantId }) => chosen.value === signInTo(tenantId));
    if (closed === undefined) {
      const found = listed.subscriptions.find((each) => each.subscriptionId === chosen.value);
      answers.subscription = { id: chosen.value, tenantId: found?.tenantId ?? '' };
      return undefined;
    }
    try {
      await signIn.signIn({ accountId, tenantId: closed.tenantId });
    } catch (error) {
      // Whoever thinks better of it chooses among the others.
      if (!isCancellation(error)) throw error;
    }
  }
}

interface Listed {
  readonly subscriptions: readonly AzureSubscription[];
  /** Tenants that don't let the account in without a question. */
  readonly closed: readonly AzureTenant[];
}

/** Of every tenant that lets us look; if none does, and no sign-in helps, it is said why. */
async function allSubscriptions(catalog: Catalog, signal: AbortSignal): Promise<Listed> {
  const tenants = await catalog.tenants(signal);
  const lists = await Promise.allSettled(
    tenants.map(({ tenantId }) => catalog.subscriptions(tenantId, signal)),
  );
  const found = lists.flatMap((list) => (list.status === 'fulfilled' ? list.value : []));
  const closed = tenants.filter((_, index) => needsSignIn(lists[index]));
  const refused = lists.find((list) => list.status === 'rejected');
  if (found.length + closed.length === 0 && refused !== undefined) throw refused.reason;
  const distinct = new Map(found.map((each) => [each.subscriptionId, each]));
  return { subscriptions: [...distinct.values()], closed };
}

function needsSignIn(list: PromiseSettledResult<unknown> | undefined): boolean {
  if (list?.status !== 'rejected' || !(list.reason instanceof SetupError)) return false;
  return list.reason.code === SIGN_IN_NEEDED && list.reason.field === 'tenant';
}

/** No id of a subscription: those are GUIDs, as tenants' are. */
function signInTo(tenantId: string): string {
  return `signInTo/${tenantId}`;
}

function signInChoices({ closed }: Listed): readonly QuickChoice[] {
  const ids = new Set(closed.map(({ tenantId }) => tenantId));
  return tenantOptions(closed, ids).flatMap(({ value, label, detail, mark }) =>
    mark === undefined
      ? []
      : [
          {
            value: signInTo(value),
            label,
            description: mark,
            iconPath: new vscode.ThemeIcon('sign-in'),
            ...(detail === undefined ? {} : { detail }),
          },
        ],
  );
}

async function askLocation(
  answers: Answers,
  place: Place,
  catalog: Catalog,
): Promise<typeof BACK | undefined> {
  const { subscription } = answers;
  if (subscription === undefined) return BACK;
  const placeholder = vscode.l10n.t('Where data and VMs will be');
  const chosen = await pickOne(place, placeholder, async (signal) =>
    choices(
      locationOptions(await catalog.locations(subscription.tenantId, subscription.id, signal)),
    ),
  );
  if (chosen === BACK) return BACK;
  answers.location = chosen.value;
  return undefined;
}

function choices(options: readonly Option[]): readonly QuickChoice[] {
  return options.map(({ value, label, detail, disabledReason }) => ({
    value,
    label,
    ...(detail === undefined ? {} : { description: detail }),
    ...(disabledReason === undefined ? {} : { detail: disabledReason, disabledReason }),
  }));
}
