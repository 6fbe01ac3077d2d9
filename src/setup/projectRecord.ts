import { z } from 'zod';
import { specSchema } from './projectSpec.ts';

const recordSchema = z.strictObject({
  schema: z.literal(1),
  projectId: z.guid(),
  spec: specSchema,
  server: z.strictObject({
    kind: z.enum(['local', 'remote', 'none']),
    url: z.string().optional(),
  }),
  resources: z.array(
    z.strictObject({
      kind: z.string(),
      id: z.string(),
      origin: z.enum(['created', 'adopted']),
      runId: z.string(),
      outputs: z.record(z.string(), z.string()),
    }),
  ),
  secrets: z.array(
    z.strictObject({
      keyId: z.string(),
      endDateTime: z.string(),
      holder: z.string(),
      runId: z.string(),
    }),
  ),
  pending: z.array(z.string()),
});

/** The project's state as it lies in its own storage account (design.md, Pinned formats). */
export type ProjectRecord = z.infer<typeof recordSchema>;

export { recordSchema };
