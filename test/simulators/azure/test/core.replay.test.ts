import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { operationsOfGrade } from '../core/operationsTable.ts';
import { CASES, NOT_OURS } from './core.replayCases.ts';
import { differences, type Recording } from './core.replayShape.ts';
import { Stage, stageWorld } from './core.replayStage.ts';

const FOLDER = process.env['AZURE_EXAMPLES'] ?? resolve('..', 'shared', 'azure-examples');
const files = existsSync(FOLDER)
  ? readdirSync(FOLDER).filter((name) => name.endsWith('.json'))
  : [];
const names = files.map((file) => file.replace(/\.json$/, ''));

if (files.length === 0) {
  console.log('The recorded exchanges are skipped: their folder is not beside this repository.');
}

function read(name: string): Recording {
  const text = readFileSync(join(FOLDER, `${name}.json`), 'utf8');
  return { file: name, ...(JSON.parse(text) as Omit<Recording, 'file'>) };
}

describe('recorded exchanges', () => {
  const results = { matched: 0, withExceptions: 0, differing: 0 };
  const seen = new Set<string>();

  afterAll(() => {
    if (files.length === 0) return;
    const ours = names.filter((name) => NOT_OURS[name] === undefined).length;
    console.log(
      `Recorded exchanges: ${names.length}, not ours ${names.length - ours}, ours ${ours}: ` +
        `${results.matched} match, ${results.withExceptions} of them with named exceptions, ${results.differing} differ.`,
    );
  });

  const replayed = Object.keys(CASES).filter((name) => names.includes(name));
  it.each(replayed.length === 0 ? ['none'] : replayed)(
    '%s is answered as recorded',
    async (name) => {
      const found = CASES[name];
      if (found === undefined) {
        expect(files).toEqual([]);
        return;
      }
      const recording = read(name);
      const stage = new Stage(recording, stageWorld(found.world), found.lag ?? 'none');
      const answer = await found.run(stage);
      const different = differences(recording, answer, found.ignore);
      const needless = (found.ignore ?? []).filter((each) => {
        const others = found.ignore?.filter((other) => other !== each);
        return differences(recording, answer, others).length === different.length;
      });
      expect(needless, 'exceptions that are not needed').toEqual([]);
      seen.add(stage.bench.azure.requests.entries.at(-1)?.operation ?? '');
      if (different.length > 0) results.differing += 1;
      else results.matched += 1;
      if (different.length === 0 && found.ignore !== undefined) results.withExceptions += 1;
      expect(different).toEqual([]);
      expect(stage.bench.azure.requests.unsupported()).toEqual([]);
    },
  );

  it('are what each operation of the grade "recorded" was compared with', () => {
    const claimed = files.length === 0 ? [] : operationsOfGrade('recorded');
    expect(claimed.filter((name) => !seen.has(name))).toEqual([]);
  });

  it('are all either replayed or named as not ours', () => {
    const known = new Set([...Object.keys(CASES), ...Object.keys(NOT_OURS)]);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });
});
