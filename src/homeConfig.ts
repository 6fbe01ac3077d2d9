import { homedir } from 'node:os';
import { join } from 'node:path';
import { editCliConfig, readCliConfig } from './dstack/cliConfig.ts';
import { isSameServer } from './dstack/serverUrl.ts';
import type { HomeConfig } from './host/useEverywhere.ts';
import { readTextFile, updateTextFile } from './local/atomicFile.ts';

/** How the file is called in messages, whoever's home it is. */
const FILE = '~/.dstack/config.yml';
/** It holds tokens. The mode of a file that is there already stays. */
const OWNER_ONLY = 0o600;

/** The dstack CLI's own file, edited as `dstack project add` would, but for the bytes of others. */
export function homeConfig(home = homedir()): HomeConfig {
  const path = join(home, '.dstack', 'config.yml');
  return {
    async look({ name, url }) {
      const projects = readCliConfig((await readTextFile(path, { root: home })) ?? '', FILE);
      const other = projects.find((each) => each.name === name && !isSameServer(each.url, url));
      const first = projects.find((each) => each.default && each.name !== name);
      return {
        ...(other === undefined ? {} : { otherServer: withoutUser(other.url) }),
        ...(first === undefined ? {} : { defaultProject: first.name }),
      };
    },
    add: ({ makeDefault, replaceOtherServer, ...entry }) =>
      updateTextFile(
        path,
        (text) => {
          const wanted = { ...entry, ...(makeDefault ? { default: true } : {}) };
          return editCliConfig(text ?? '', wanted, { file: FILE, replaceOtherServer }).text;
        },
        { root: home, newMode: OWNER_ONLY },
      ),
  };
}

/** A URL that somebody else wrote may hold a password. */
function withoutUser(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//');
}
