import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeProjects } from '../../../src/projects/discovery.ts';
import { listed } from './azureWorld.ts';

describe('Merging what was found', () => {
  it('keeps every storage account once, whatever the order and the case of the answers', () => {
    const name = fc.stringMatching(/^[a-z]{3,6}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.boolean()), { maxLength: 30 }), (answers) => {
        const found = answers.map(([of, shout]) => {
          const project = listed(of);
          const { storageAccount } = project;
          const id = shout ? storageAccount.id.toUpperCase() : storageAccount.id;
          return { ...project, storageAccount: { ...storageAccount, id } };
        });
        const names = mergeProjects(found).map((project) => project.name);
        expect(names).toEqual([...new Set(answers.map(([of]) => of))].sort());
      }),
    );
  });
});
