import { z } from 'zod';

/** A dstack project name: the server's own rule (dstack-facts B2). */
export const PROJECT_NAME_PATTERN = /^[a-zA-Z0-9-_]{1,50}$/;

const guid = z.guid().toLowerCase();

/** Azure takes `West Europe` and `WestEurope` for `westeurope` and always answers with the latter. */
const location = z
  .string()
  .overwrite((text) => text.replaceAll(/\s/g, '').toLowerCase())
  .min(1);

const specSchema = z.strictObject({
  schema: z.literal(1),
  name: z.string().regex(PROJECT_NAME_PATTERN),
  tenantId: guid,
  subscriptionId: guid,
  location,
  resourceGroup: z.strictObject({ name: z.string(), create: z.boolean() }),
  storageAccount: z.strictObject({ name: z.string(), create: z.boolean() }),
  credentials: z
    .discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('existingApp'),
        clientId: guid.optional(),
        principalId: guid.optional(),
      }),
      z.strictObject({
        kind: z.literal('newApp'),
        clientId: guid.optional(),
        principalId: guid.optional(),
        secretDays: z.int().min(1).max(730).optional(),
      }),
      z.strictObject({ kind: z.literal('default'), principalId: guid.optional() }),
    ])
    .default({ kind: 'default' }),
  secretsAndLogs: z.boolean().optional(),
  gateways: z.boolean().optional(),
  classicPorts: z.boolean().optional(),
  classicVmRight: z.boolean().optional(),
  server: z.strictObject({
    kind: z.enum(['local', 'remote', 'none']),
    url: z.string().optional(),
  }),
  workspace: z.string().optional(),
});

/** What the user asked for. Holds no secret: it is shown, exported and stored (design.md, Pinned formats). */
export type ProjectSpec = z.infer<typeof specSchema>;

/** The spec as it is shared with others: without the folder, which is this machine's own. */
export function sharedSpec(spec: ProjectSpec): ProjectSpec {
  const shared = { ...spec };
  delete shared.workspace;
  return shared;
}

export { specSchema };
