import { parse } from 'shell-quote';
import { describe, expect, it } from 'vitest';
import { applyCommand, applyLine } from '../../../src/setup/applyLens.ts';

describe('"dstack apply" above a dstack file', () => {
  it.each([
    ['type: fleet\n', 0],
    ['# mine\r\n\r\ntype: task\r\nname: x\r\n', 2],
    ['name: x\ntype : service', 1],
  ])('stands above its type: %j', (text, line) => {
    expect(applyLine(text)).toBe(line);
  });

  it.each(['', 'name: x\n', '  type: nested\n', '# type: fleet\n', 'type:\n', 'types: fleet\n'])(
    'is not there without a type: %j',
    (text) => {
      expect(applyLine(text)).toBeUndefined();
    },
  );

  it('types the file as one word, however it is called', () => {
    expect(applyCommand('fleet.dstack.yml', false)).toBe('dstack apply -f fleet.dstack.yml');
    for (const path of [
      "a'b; rm -rf $HOME.dstack.yml",
      'train/my job.dstack.yml',
      '$(id).dstack.yml',
    ]) {
      expect(parse(applyCommand(path, false) ?? '')).toEqual(['dstack', 'apply', '-f', path]);
    }
    expect(applyCommand('-y.dstack.yml', false)).toBe('dstack apply -f ./-y.dstack.yml');
  });

  it.each(['a\nb.dstack.yml', 'a\u0015b.dstack.yml', 'a\u009bb.dstack.yml', 'a\u007f.dstack.yml'])(
    'types no path that a terminal would take as keys: %j',
    (path) => {
      expect(applyCommand(path, false)).toBeUndefined();
      expect(applyCommand(path, true)).toBeUndefined();
    },
  );

  it.each(['fleet.dstack.yml', 'my dir/x y.dstack.yml', 'größe/模型.dstack.yml', '-y.dstack.yml'])(
    'types the file for each shell of Windows as one word in double quotes: %s',
    (path) => {
      const file = path.startsWith('-') ? `./${path}` : path;
      expect(applyCommand(path, true)).toBe(`dstack apply -f "${file}"`);
    },
  );

  it.each(["a'; calc; '", 'a"b', '%PATH%', '$(calc)', 'a`b', 'a&calc', 'a^b', 'a;b', 'a,b', 'a’b'])(
    'types no path on Windows that one of its shells would read otherwise: %s',
    (name) => {
      expect(applyCommand(`${name}.dstack.yml`, true)).toBeUndefined();
    },
  );
});
