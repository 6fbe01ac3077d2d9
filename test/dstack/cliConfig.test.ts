import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { editCliConfig, readCliConfig, removeFromCliConfig } from '../../src/dstack/cliConfig.ts';
import { azureBackendOf } from '../../src/dstack/backendConfig.ts';
import { editLocalServerConfig } from '../../src/dstack/localServerConfig.ts';
import { editProfiles } from '../../src/dstack/profiles.ts';
import { SetupError } from '../../src/setup/errors.ts';
import { brokenCliConfigFile, cliConfigFile } from '../unit/dstack/cliConfigFiles.ts';
import { record } from '../unit/dstack/projectRecords.ts';
import { runProgram } from './program.ts';
import { venv } from './venv.ts';

const seed = Number(process.env['PROPERTY_SEED'] ?? Date.now() % 2 ** 31);
const ours = { name: 'ours-0', url: 'http://127.0.0.1:3999', token: 'our-token' };
let folder: string;

beforeAll(async () => {
  console.log(`written config files: PROPERTY_SEED=${seed}`);
  folder = await mkdtemp(join(tmpdir(), 'dstack-azure-batch-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** dstack's own loader, over all texts of a JSON file: what it reads, or its error. */
const LOADER = `
import json, logging, pathlib, sys
from dstack._internal.core.services.configs import ConfigManager
logging.disable(logging.CRITICAL)
folder = pathlib.Path(sys.argv[1])
answers = []
for text in json.loads((folder / "texts.json").read_text()):
    (folder / "config.yml").write_bytes(text.encode())
    try:
        found = ConfigManager(folder).config.projects
        answers.append([[p.name, p.url, p.token, bool(p.default)] for p in found])
    except Exception as error:
        answers.append(str(error))
print(json.dumps(answers))
`;

it('the CLI reads 200 files that we wrote as we do', async () => {
  const texts = fc
    .sample(
      fc.oneof(
        cliConfigFile.map(({ text }) => text),
        brokenCliConfigFile,
      ),
      {
        numRuns: 2000,
        seed,
      },
    )
    .flatMap(written)
    .slice(0, 200);
  expect(texts).toHaveLength(200);
  const answers = await python<unknown[]>(LOADER, texts);
  const expected = texts.map((text) =>
    readCliConfig(text).map((each) => [each.name, each.url, each.token, each.default]),
  );
  expect(answers).toEqual(expected);
});

/** A file with our entry added, and the same with it removed again. */
function written(text: string, index: number): string[] {
  try {
    const added = editCliConfig(text, { ...ours, default: index % 2 === 0 }).text;
    return [added, removeFromCliConfig(added, ours).text];
  } catch (error) {
    if (error instanceof SetupError) return [];
    throw error;
  }
}

it('the CLI takes our profile, as the default of a new file only', async () => {
  const entry = { name: 'gpu', location: 'westeurope' };
  const theirs = 'profiles:\n- name: spot # mine\n  spot_policy: spot\n  default: true\n';
  const texts = [editProfiles(undefined, entry).text, editProfiles(theirs, entry).text];
  const program = `
import json, pathlib, sys, yaml
from dstack._internal.core.models.profiles import ProfilesConfig
answers = []
for text in json.loads((pathlib.Path(sys.argv[1]) / "texts.json").read_text()):
    config = ProfilesConfig.model_validate(yaml.safe_load(text))
    ours = config.get("gpu")
    answers.append([config.default().name, [b.value for b in ours.backends], ours.regions])
print(json.dumps(answers))
`;
  expect(await python(program, texts)).toEqual([
    ['gpu', ['azure'], ['westeurope']],
    ['spot', ['azure'], ['westeurope']],
  ]);
});

it("the server's file says the same of others after our edit, by PyYAML's reading", async () => {
  const backend = azureBackendOf(record, { type: 'default' });
  const pairs = fc
    .sample(
      fc.oneof(
        cliConfigFile.map(({ text }) => text),
        brokenCliConfigFile,
      ),
      {
        numRuns: 600,
        seed,
      },
    )
    .flatMap((before) => {
      try {
        const { text } = editLocalServerConfig(before, 'ours-0', backend);
        return [[before, text, editProfiles(before, { name: 'ours-0', location: 'eastus' }).text]];
      } catch (error) {
        if (error instanceof SetupError) return [];
        throw error;
      }
    });
  expect(pairs.length).toBeGreaterThan(200);
  const program = `
import json, pathlib, sys, yaml
def others(text, key):
    config = yaml.safe_load(text) or {}
    config[key] = [item for item in config.get(key) or [] if item["name"] != "ours-0"]
    return config
def ours(text, key):
    return [item for item in yaml.safe_load(text)[key] if item["name"] == "ours-0"]
answers = []
def is_same(before, after, key):
    try:
        expected = others(before, key)
    except yaml.YAMLError:
        return "unreadable before"
    return expected == others(after, key)
for before, server, profiles in json.loads((pathlib.Path(sys.argv[1]) / "texts.json").read_text()):
    answers.append([
        is_same(before, server, "projects"),
        is_same(before, profiles, "profiles"),
        ours(server, "projects"),
        ours(profiles, "profiles"),
    ])
print(json.dumps(answers))
`;
  const answers = await python<unknown[][]>(program, pairs);
  const profile = { name: 'ours-0', backends: ['azure'], regions: ['eastus'] };
  // What is not sound before, and passes our parser, is sound after the edit at least.
  const sound = answers.filter(([isSame]) => isSame !== 'unreadable before');
  expect(sound.length).toBeGreaterThan(0.95 * answers.length);
  for (const answer of sound) {
    expect(answer).toEqual([true, true, [{ name: 'ours-0', backends: [backend] }], [profile]]);
  }
});

async function python<T>(program: string, texts: readonly unknown[]): Promise<T> {
  await writeFile(join(folder, 'texts.json'), JSON.stringify(texts));
  const env = { ...process.env, HOME: folder };
  const { code, stdout, stderr } = await runProgram(venv.python, ['-c', program, folder], { env });
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as T;
}
