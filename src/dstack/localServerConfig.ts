import { t } from '@vscode/l10n';
import type { YAMLMap } from 'yaml';
import type { ProjectSpec } from '../setup/projectSpec.ts';
import { RECORD_KEYS, type AzureBackend } from './backendConfig.ts';
import { addToList, setField, type Splice } from './yamlEdit.ts';
import {
  finishEdit,
  hasFields,
  mapsUnder,
  oneWith,
  rootMap,
  setFields,
  textOf,
  type YamlEdit,
} from './yamlFields.ts';
import { parseYamlSource, type YamlSource } from './yamlSource.ts';

/** What tells a project of the server's file from another one of its name. */
export type ProjectPlace = Pick<ProjectSpec, 'name' | 'subscriptionId' | 'resourceGroup'>;

const FILE = 'config.yml';
const HEADER =
  '# The local dstack server reads this file when it starts. Made by dstack for Azure.\n';

/**
 * Gives a project of the local server's `config.yml` its Azure backend. The server reads the file at
 * start only and makes the project's backends equal to it (dstack-facts C), so a restart follows.
 * Comments, other projects, other backends and fields that the record does not decide stay.
 *
 * @param text the file's text, or undefined where there is none
 * @throws SetupError `yaml_refused` with the line
 */
export function editLocalServerConfig(
  text: string | undefined,
  name: string,
  backend: AzureBackend,
  file = FILE,
): YamlEdit {
  const source = parseYamlSource(file, text ?? HEADER);
  const root = rootMap(source);
  const project = findProject(source, name);
  const azure = project && findAzure(source, project);
  const fields = recordFields(backend);
  const splices: Splice[] = project
    ? [
        ...(textOf(project, 'name') === name ? [] : setField(source, project, 'name', name)),
        ...(azure
          ? setFields(source, azure, fields)
          : addToList(source, project, 'backends', backend)),
      ]
    : addToList(source, root, 'projects', { name, backends: [backend] });
  return finishEdit(source, splices, {
    isOurs: (map) => isNamed(map, name),
    isRight: (after) => {
      const there = findProject(after, name);
      return (
        there !== undefined &&
        textOf(there, 'name') === name &&
        hasFields(findAzure(after, there), fields)
      );
    },
  });
}

/**
 * Takes all backends from a project of the file. The entry stays, because a project that is not
 * listed keeps its backends: only an empty list makes the server drop them at its next start.
 *
 * @throws SetupError `yaml_refused` with the line
 */
export function clearLocalServerProject(text: string, name: string, file = FILE): YamlEdit {
  const source = parseYamlSource(file, text);
  const project = findProject(source, name);
  if (!project || mapsUnder(source, project, 'backends').length === 0) {
    return { text, changed: false };
  }
  return finishEdit(source, setField(source, project, 'backends', []), {
    isOurs: (map) => isNamed(map, name),
    isRight: (after) => {
      const there = findProject(after, name);
      return there !== undefined && mapsUnder(after, there, 'backends').length === 0;
    },
  });
}

/**
 * The Azure place of the project that has this name in the server's file, where that is not the place of
 * this one: two projects of one name are one to the server, whatever tenants they are of.
 */
export function otherProjectIn(
  text: string,
  project: ProjectPlace,
  file = FILE,
): { readonly resourceGroup: string } | undefined {
  const source = parseYamlSource(file, text);
  const there = findProject(source, project.name);
  const azure = there && findAzure(source, there);
  if (azure === undefined) return undefined;
  const resourceGroup = textOf(azure, 'resource_group') ?? project.resourceGroup.name;
  const subscriptionId = textOf(azure, 'subscription_id') ?? project.subscriptionId;
  const isSamePlace =
    isSame(subscriptionId, project.subscriptionId) &&
    isSame(resourceGroup, project.resourceGroup.name);
  return isSamePlace ? undefined : { resourceGroup };
}

/** Azure's ids are the same in every case of their letters, and so are project names to the server. */
function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function isNamed(map: YAMLMap, name: string): boolean {
  return isSame(textOf(map, 'name') ?? '', name);
}

/** Whether the server's file lists the project: then the file owns it, and the API must not. */
export function isListedInLocalServerConfig(text: string, name: string, file = FILE): boolean {
  return findProject(parseYamlSource(file, text), name) !== undefined;
}

/** Names of the projects of the server's file that have an Azure backend. */
export function azureProjectsIn(text: string, file = FILE): readonly string[] {
  const source = parseYamlSource(file, text);
  return mapsUnder(source, rootMap(source), 'projects').flatMap((project) => {
    const name = textOf(project, 'name');
    return name === undefined || findAzure(source, project) === undefined ? [] : [name];
  });
}

function findProject(source: YamlSource, name: string): YAMLMap | undefined {
  const projects = mapsUnder(source, rootMap(source), 'projects');
  const [one, two] = projects.filter((map) => isNamed(map, name));
  if (two) throw source.refusal(two.range?.[0] ?? 0, t('a second entry for “{0}”', name));
  return one;
}

function findAzure(source: YamlSource, project: YAMLMap): YAMLMap | undefined {
  return oneWith(source, mapsUnder(source, project, 'backends'), 'type', 'azure');
}

/** What the record decides; a field that it leaves open becomes null, which is "not set" to dstack. */
function recordFields(backend: AzureBackend): {
  [key: string]: AzureBackend[keyof AzureBackend] | null;
} {
  return Object.fromEntries(RECORD_KEYS.map((key) => [key, backend[key] ?? null]));
}
