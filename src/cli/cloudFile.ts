import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { UsageError } from './usageError.ts';

const httpsUrl = z.url({ protocol: /^https$/ });

const cloudSchema = z.object({
  endpoints: z.object({ resourceManager: httpsUrl, login: httpsUrl, graph: httpsUrl }),
  suffixes: z.object({ storage: z.string(), vault: z.string() }),
  proxyUrl: z.url({ protocol: /^http$/ }).optional(),
  caFile: z.string().optional(),
  auth: z
    .object({
      kind: z.enum(['clientSecret', 'azureCli', 'token']),
      tenantId: z.guid(),
      clientId: z.guid().optional(),
    })
    .optional(),
  sample: z
    .object({
      tenantId: z.guid(),
      subscriptionId: z.guid(),
      clientId: z.guid(),
      clientSecret: z.string(),
    })
    .optional(),
});

/** Which Azure-compatible endpoints to talk to, and as whom (design.md, Pinned formats). */
export type CloudFile = z.infer<typeof cloudSchema>;

/**
 * Reads a cloud file; the simulator's start line is one.
 * @throws UsageError naming the file and the field
 */
export async function readCloudFile(path: string): Promise<CloudFile> {
  return await readJsonFile(path, 'cloud', cloudSchema);
}

/** Reads a JSON file against a schema; the first problem becomes a sentence. */
export async function readJsonFile<T>(
  path: string,
  what: string,
  schema: z.ZodType<T>,
): Promise<T> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`The ${what} file ${path} can't be read: ${why}`);
  }
  const result = schema.safeParse(parsed);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new UsageError(`The ${what} file ${path} is wrong at "${where}": ${issue?.message ?? ''}`);
}
