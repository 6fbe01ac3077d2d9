import { z } from 'zod';
import { armCall } from './armCalls.ts';
import type { Connection } from './pipeline.ts';

/** Subscriptions per query that Azure advises (azure-facts 7). */
const SUBSCRIPTIONS_PER_QUERY = 300;
const ROWS_PER_PAGE = 1000;
/** The SDK for it is built on retired parts, so it is a plain call. */
const PATH = '/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01';

const answerSchema = z.object({
  data: z.array(z.record(z.string(), z.json())),
  $skipToken: z.string().optional(),
});

export type Row = z.infer<typeof answerSchema>['data'][number];

/**
 * Every row of a query, page by page. The query has to keep `id` and to be ordered, or else Azure
 * sends no skip token and the rest is lost. A missing right only makes rows vanish.
 * @throws whatever the call threw, unconverted
 */
export async function queryResourceGraph(
  connection: Connection,
  tenantId: string,
  subscriptionIds: readonly string[],
  query: string,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let start = 0; start < subscriptionIds.length; start += SUBSCRIPTIONS_PER_QUERY) {
    const subscriptions = subscriptionIds.slice(start, start + SUBSCRIPTIONS_PER_QUERY);
    let skipToken: string | undefined;
    do {
      const options = {
        resultFormat: 'objectArray',
        allowPartialScopes: true,
        $top: ROWS_PER_PAGE,
        ...(skipToken === undefined ? {} : { $skipToken: skipToken }),
      };
      const call = { tenantId, path: PATH, signal, body: { subscriptions, query, options } };
      const page = await armCall(connection, call, answerSchema);
      rows.push(...page.data);
      skipToken = page.$skipToken;
    } while (skipToken !== undefined);
  }
  return rows;
}
