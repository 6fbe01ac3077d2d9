import { z } from 'zod';
import { specSchema } from '../projectSpec.ts';

const line = z.strictObject({
  key: z.string(),
  kindLabel: z.string(),
  name: z.string(),
  note: z.string().exactOptional(),
});
const lines = z.array(line).readonly();
const problem = z.strictObject({ code: z.string(), message: z.string(), remedy: z.string() });

const snapshotSchema = z.strictObject({
  schema: z.literal(1),
  accountId: z.string(),
  spec: specSchema,
  /** It runs: a reload finds it cut off. */
  running: z.boolean(),
  /** How it came out, to be shown again. */
  receipt: z
    .strictObject({
      text: z.string(),
      view: z.strictObject({
        outcome: z.enum(['done', 'failed', 'cancelled']),
        summary: z.string(),
        gone: lines,
        untagged: lines,
        kept: lines,
        failed: z.array(line.extend({ problem })).readonly(),
        left: lines,
        inBin: z.array(line.extend({ canPurge: z.boolean() })).readonly(),
        files: z.array(z.strictObject({ path: z.string(), note: z.string() })).readonly(),
      }),
    })
    .optional(),
});

/** What of deleting a project survives a reload of the window. Holds no secret. */
export type UndoSnapshot = z.infer<typeof snapshotSchema>;

/** A stored snapshot, or undefined if it is none (of ours, of this version). */
export function parseUndoSnapshot(value: unknown): UndoSnapshot | undefined {
  const parsed = snapshotSchema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
