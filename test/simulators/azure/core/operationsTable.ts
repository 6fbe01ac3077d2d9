import { GRAPH_OPERATIONS } from './graph/graphService.ts';
import type { Grade, Operation } from './operation.ts';
import { ARM_OPERATIONS, LOGIN_OPERATIONS } from './operations.ts';

const SERVICES: readonly (readonly [string, readonly Operation[]])[] = [
  ['login.microsoftonline.com', LOGIN_OPERATIONS],
  ['management.azure.com', ARM_OPERATIONS],
  ['graph.microsoft.com', GRAPH_OPERATIONS],
];

/** How many operations there are of each grade. */
export function operationCounts(): Readonly<Record<Grade, number>> {
  const all = SERVICES.flatMap(([, operations]) => operations);
  const count = (grade: Grade): number => all.filter((each) => each.grade === grade).length;
  return {
    recorded: count('recorded'),
    documented: count('documented'),
    assumed: count('assumed'),
  };
}

/** The operations of that grade, by name. */
export function operationsOfGrade(grade: Grade): readonly string[] {
  return SERVICES.flatMap(([, operations]) => operations)
    .filter((each) => each.grade === grade)
    .map((each) => each.name);
}

/** The README's tables of operations as Markdown: what there is, what it rests on, how surely. */
export function operationsTable(): string {
  return SERVICES.map(([host, operations]) => tableOf(host, operations)).join('\n');
}

function tableOf(host: string, operations: readonly Operation[]): string {
  const rows = operations.map(
    (each) =>
      `| ${each.name} | ${each.method} \`${shortPath(each.path)}\` | ${each.rests} | ${each.grade} |`,
  );
  return [
    `### ${host}`,
    '',
    '| operation | call | rests on | grade |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** Long prefixes shortened as the README explains them: `S` a subscription, `G` a group. */
function shortPath(path: string): string {
  return path
    .replace(/^\/subscriptions\/\{s(ubscription)?\}\/resourceGroups\/\{g(roup)?\}/, 'G')
    .replace(/^\/subscriptions\/\{s(ubscription)?\}/, 'S');
}
