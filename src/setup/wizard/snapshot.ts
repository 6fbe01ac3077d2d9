import { z } from 'zod';
import {
  DONE_ACTIONS,
  EXTRAS,
  FORM_PARTS,
  SELECT_FIELDS,
  TEXT_FIELDS,
  type DoneView,
} from '../../contract/wizardState.ts';
import { specSchema } from '../projectSpec.ts';

const action = z.enum(['create', 'update', 'adopt', 'keep', 'replace', 'conflict']);
const place = z.strictObject({ path: z.string(), note: z.string() });

/** Every part of `DoneView` by name: one that is forgotten here would cost the whole snapshot. */
const doneParts = {
  projectName: z.string(),
  summary: z.string(),
  files: z.array(place).readonly(),
  pending: z.array(z.string()).readonly(),
  warnings: z.array(z.string()).readonly().exactOptional(),
  actions: z.array(z.enum(DONE_ACTIONS)).readonly(),
} satisfies Record<keyof DoneView, z.ZodType>;

const snapshotSchema = z.strictObject({
  schema: z.literal(1),
  form: z.strictObject({
    chosen: z.partialRecord(z.enum(SELECT_FIELDS), z.string()),
    typed: z.partialRecord(z.enum(TEXT_FIELDS), z.string()),
    extras: z.array(z.enum(EXTRAS)).readonly().optional(),
    open: z.array(z.enum(FORM_PARTS)).readonly().optional(),
  }),
  /** A run that is not over: what was approved, and what of it was done. */
  run: z
    .strictObject({
      accountId: z.string(),
      spec: specSchema,
      projectId: z.string(),
      steps: z.array(
        z.strictObject({ key: z.string(), kindLabel: z.string(), name: z.string(), action }),
      ),
      done: z.array(z.string()),
    })
    .optional(),
  /** The project that the last run was for. */
  made: z.strictObject({ accountId: z.string(), spec: specSchema }).optional(),
  done: z.strictObject(doneParts).optional(),
});

/** What of the wizard survives a reload of the window. Holds no secret. */
export type WizardSnapshot = z.infer<typeof snapshotSchema>;

export type InterruptedRun = NonNullable<WizardSnapshot['run']>;

/** A stored snapshot, or undefined if it is none (of ours, of this version). */
export function parseSnapshot(value: unknown): WizardSnapshot | undefined {
  const parsed = snapshotSchema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
