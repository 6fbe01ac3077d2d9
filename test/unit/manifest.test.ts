import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { COMMAND_IDS } from '../../src/host/commandIds.ts';
import { ABILITIES } from '../../src/projects/abilities.ts';

const menuItem = z.object({ command: z.string(), when: z.string(), group: z.string().optional() });
const manifest = z
  .object({
    main: z.string(),
    icon: z.string(),
    l10n: z.string(),
    activationEvents: z.array(z.string()),
    contributes: z.object({
      viewsContainers: z.object({
        activitybar: z.array(z.object({ id: z.string(), icon: z.string() })),
      }),
      views: z.record(z.string(), z.array(z.object({ id: z.string(), icon: z.string() }))),
      viewsWelcome: z.array(z.object({ view: z.string(), contents: z.string(), when: z.string() })),
      commands: z.array(z.object({ command: z.string(), title: z.string(), category: z.string() })),
      menus: z.record(z.string(), z.array(menuItem)),
      configuration: z.object({
        properties: z.record(z.string(), z.object({ scope: z.string(), type: z.string() })),
      }),
    }),
  })
  .parse(readJson('package.json'));
const texts = z.record(z.string(), z.string()).parse(readJson('package.nls.json'));
const { contributes } = manifest;
const declared = contributes.commands.map(({ command }) => command);
const menus = Object.entries(contributes.menus).flatMap(([menu, items]) =>
  items.map((item) => ({ menu, ...item })),
);

describe('The manifest', () => {
  it('declares exactly the commands that the extension registers', () => {
    expect([...declared].sort()).toEqual([...COMMAND_IDS].sort());
  });

  it('gives every command a title, and the category "dstack"', () => {
    for (const { command, title, category } of contributes.commands) {
      expect(texts[keyOf(title)] ?? '', command).not.toBe('');
      expect(category, command).toBe('dstack');
    }
  });

  it('uses every text of package.nls.json, and none that is not there', () => {
    const used = [...JSON.stringify(readJson('package.json')).matchAll(/"%([^%"]+)%"/g)];
    expect([...new Set(used.map((match) => match[1]))].sort()).toEqual(Object.keys(texts).sort());
  });

  it('asks in its menus only for abilities that nodes have', () => {
    const asked = menus.flatMap(({ when }) =>
      [...when.matchAll(/viewItem =~ \/\\b(\w+)\\b\//g)].map((match) => match[1]),
    );
    expect(asked.length).toBeGreaterThan(0);
    for (const ability of asked) expect(ABILITIES).toContain(ability);
    const clauses = menus.filter(({ when }) => when.includes('viewItem'));
    const understood = clauses.filter(({ when }) => /viewItem =~ \/\\b\w+\\b\//.test(when));
    expect(understood).toEqual(clauses);
  });

  it('offers every ability of a node in its context menu, not only as an icon', () => {
    const inMenu = (contributes.menus['view/item/context'] ?? [])
      .filter(({ group }) => group?.startsWith('inline') !== true)
      .map(({ when }) => when)
      .join(' ');
    for (const ability of ABILITIES) expect(inMenu).toContain(`\\b${ability}\\b`);
  });

  it('offers to use a project only where folders are on a disk', () => {
    const uses = menus.filter(
      ({ menu, command }) => menu !== 'commandPalette' && command === 'dstackAzure.useInFolder',
    );
    expect(uses.length).toBeGreaterThan(0);
    for (const { when } of uses) expect(when).toContain('!virtualWorkspace');
  });

  it('names only declared commands in menus', () => {
    for (const { menu, command } of menus) expect(declared, menu).toContain(command);
  });

  it('hides from the palette what makes sense on a tree item only', () => {
    const onItems = new Set(contributes.menus['view/item/context']?.map(({ command }) => command));
    const hidden = new Map(
      contributes.menus['commandPalette']?.map(({ command, when }) => [command, when]),
    );
    for (const command of onItems) expect(hidden.get(command), command).toBeDefined();
  });

  it('links in its welcome texts only to commands that exist', () => {
    for (const { contents } of contributes.viewsWelcome) {
      const text = texts[keyOf(contents)] ?? '';
      for (const [, command] of text.matchAll(/\(command:([\w.]+)/g)) {
        if (command?.startsWith('dstackAzure.')) expect(declared).toContain(command);
      }
    }
  });

  it('takes no setting from a workspace that could name an address, a cloud or a program', () => {
    for (const [name, { scope, type }] of Object.entries(contributes.configuration.properties)) {
      expect(name).toMatch(/^dstackAzure\./);
      if (type === 'string') expect(['machine', 'application'], name).toContain(scope);
    }
  });

  it('starts the extension only for its views, its commands and folders that use dstack', () => {
    expect(manifest.activationEvents.filter((event) => !isNarrow(event))).toEqual([]);
  });

  it('names icons that are there', () => {
    const icons = [
      manifest.icon,
      ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
      ...Object.values(contributes.views).flatMap((views) => views.map(({ icon }) => icon)),
    ];
    for (const icon of icons) expect(existsSync(icon), icon).toBe(true);
  });
});

/** VS Code makes the events for views and commands itself; the rest must be about dstack's own. */
function isNarrow(event: string): boolean {
  return /^(onWebviewPanel:dstackAzure\.|workspaceContains:\.dstack\/)/.test(event);
}

function keyOf(text: string): string {
  return /^%(.+)%$/.exec(text)?.[1] ?? '';
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
