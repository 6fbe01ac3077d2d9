import { applyUndo } from '../../../../src/setup/undoApply.ts';
import { planUndo } from '../../../../src/setup/undo.ts';
import type { ProjectSpec } from '../../../../src/setup/projectSpec.ts';
import type { UndoPlan } from '../../../../src/setup/undoPlan.ts';
import type { UndoPorts } from '../../../../src/setup/undoPorts.ts';
import type { UndoReceipt } from '../../../../src/setup/undoReceipt.ts';
import type { Machine } from './lab.ts';

const never = new AbortController().signal;

/** Whatever an undo may ask about: a test ticks all of it that is there. */
export const EVERYTHING = ['storageAccount', 'keyVault', 'workspace', 'container/dstack-azure'];

export function portsOf(machine: Machine): UndoPorts {
  return { ...machine.ports(), azure: machine.azure.undo };
}

export async function planned(machine: Machine, spec: ProjectSpec): Promise<UndoPlan> {
  const caller = await machine.azure.catalog.caller(spec.tenantId, never);
  return await planUndo(spec, caller, portsOf(machine), never);
}

export async function undo(
  machine: Machine,
  spec: ProjectSpec,
  ticked: readonly string[] = [],
): Promise<{ readonly plan: UndoPlan; readonly receipt: UndoReceipt }> {
  const plan = await planned(machine, spec);
  const options = { ticked: new Set(ticked), report: () => undefined, signal: never };
  return { plan, receipt: await applyUndo(plan, portsOf(machine), options) };
}

/** Failures as a person would read them, so that a red test says why. */
export function troubles({ failed, left }: UndoReceipt): readonly string[] {
  return [
    ...failed.map(({ key, error }) => `${key}: ${error.message}`),
    ...left.map(({ key }) => key),
  ];
}
