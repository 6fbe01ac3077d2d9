import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseArguments } from '../../../src/cli/arguments.ts';
import { readCloudFile, readJsonFile } from '../../../src/cli/cloudFile.ts';
import { UsageError } from '../../../src/cli/usageError.ts';
import { specSchema } from '../../../src/setup/projectSpec.ts';
import { sampleSpec } from '../setup/sampleSpec.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dstack-azure-files-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(text: string): Promise<string> {
  const path = join(folder, 'file.json');
  await writeFile(path, text);
  return path;
}

const readSpec = async (text: string) => await readJsonFile(await file(text), 'spec', specSchema);

describe('a spec file', () => {
  it('is read as it stands', async () => {
    const spec = sampleSpec({ gateways: true });
    expect(await readSpec(JSON.stringify(spec))).toEqual(spec);
  });

  it.each([
    [{ resourceGroup: { name: 'dstack-vision' } }, 'is wrong at "resourceGroup.create"'],
    [{ credentials: { kind: 'newApp', secretDays: 900 } }, 'is wrong at "credentials.secretDays"'],
    [{ tenantId: 'contoso' }, 'is wrong at "tenantId"'],
    [{ secretAndLogs: true }, 'secretAndLogs'],
  ])('with %j is refused by the field', async (change, sentence) => {
    const reading = readSpec(JSON.stringify({ ...sampleSpec(), ...change }));
    await expect(reading).rejects.toThrow(UsageError);
    await expect(reading).rejects.toThrow(sentence);
  });

  it('that is not JSON, or not there, is refused by its path', async () => {
    const absent = join(folder, 'nowhere.json');
    const sentence = (path: string) => `The spec file ${path} can't be read`;
    await expect(readSpec('{"schema": 1,')).rejects.toThrow(sentence(join(folder, 'file.json')));
    await expect(readJsonFile(absent, 'spec', specSchema)).rejects.toThrow(sentence(absent));
  });
});

describe('a cloud file', () => {
  it('with an endpoint in clear text is refused: tokens would go there', async () => {
    const endpoints = {
      resourceManager: 'http://127.0.0.1:1',
      login: 'https://login.example',
      graph: 'https://graph.example',
    };
    const suffixes = { storage: 'storage.example', vault: 'vault.example' };
    const reading = readCloudFile(await file(JSON.stringify({ endpoints, suffixes })));
    await expect(reading).rejects.toThrow('is wrong at "endpoints.resourceManager"');
  });
});

describe('the arguments', () => {
  it.each([
    [['--spec', 'a'], 'npm run setup'],
    [['--spec', 'a', '--cloud', 'b', '--plan', '--undo'], '--plan or --undo'],
    [['--spec', 'a', '--cloud', 'b', '--pan'], '--pan'],
    [['--spec', 'a', '--cloud', 'b', '--tick', 'keyVault'], '--tick goes with --undo'],
    [['--spec', 'a', '--cloud', 'b', '--without-server'], '--without-server goes with --undo'],
  ])('%j are refused with a word on what is wrong', (argv, sentence) => {
    expect(() => parseArguments(argv)).toThrow(sentence);
  });
});
