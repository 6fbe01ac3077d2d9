import { isMap, isSeq, type YAMLMap } from 'yaml';
import { addToList, pairOf, removeItem } from './yamlEdit.ts';
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
import { parseYamlSource } from './yamlSource.ts';

/** What a project's profile says: run on Azure, in the project's location. */
export interface ProfileEntry {
  /** The project's name. */
  readonly name: string;
  readonly location: string;
}

const FILE = '.dstack/profiles.yml';

/**
 * Adds or updates the project's profile in the text of a `profiles.yml` (dstack-facts D). In a file
 * that others wrote it never becomes the default: that would change what their runs use.
 *
 * @param text the file's text, or undefined where there is no file: then the profile is the default
 * @throws SetupError `yaml_refused` with the line
 */
export function editProfiles(
  text: string | undefined,
  { name, location }: ProfileEntry,
  file = FILE,
): YamlEdit {
  const source = parseYamlSource(file, text ?? '');
  const root = rootMap(source);
  const profile = oneWith(source, mapsUnder(source, root, 'profiles'), 'name', name);
  const fields = { backends: ['azure'], regions: [location] };
  const isNew = text === undefined ? { default: true } : {};
  const splices = profile
    ? setFields(source, profile, fields)
    : addToList(source, root, 'profiles', { name, ...fields, ...isNew });
  return finishEdit(source, splices, {
    isOurs: (map) => textOf(map, 'name') === name,
    isRight: (after) => {
      const profiles = mapsUnder(after, rootMap(after), 'profiles');
      return hasFields(oneWith(after, profiles, 'name', name), { name, ...fields });
    },
  });
}

/**
 * Removes the project's profile, unless somebody has given it further fields or another meaning.
 *
 * @throws SetupError `yaml_refused` with the line
 */
export function removeProfile(text: string, name: string, file = FILE): YamlEdit {
  const source = parseYamlSource(file, text);
  const root = rootMap(source);
  const profiles = mapsUnder(source, root, 'profiles');
  const profile = oneWith(source, profiles, 'name', name);
  const pair = root && pairOf(root, 'profiles');
  if (!profile || !isAsWritten(profile) || !pair || !isSeq(pair.value)) {
    return { text, changed: false };
  }
  const splices = removeItem(source, pair, pair.value, profiles.indexOf(profile));
  return finishEdit(source, splices, {
    isOurs: (map) => textOf(map, 'name') === name,
    isRight: (after) => !oneWith(after, mapsUnder(after, rootMap(after), 'profiles'), 'name', name),
  });
}

const WRITTEN_KEYS = ['name', 'backends', 'regions', 'default'];

function isAsWritten(profile: YAMLMap): boolean {
  const keys = profile.items.map((pair) => String(pair.key));
  return (
    isMap(profile) &&
    keys.every((key) => WRITTEN_KEYS.includes(key)) &&
    hasFields(profile, { backends: ['azure'] })
  );
}
