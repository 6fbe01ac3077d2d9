import { describe, expect, it } from 'vitest';
import { undoPlanEvent } from '../../../src/cli/undoOutput.ts';
import { projectContext } from '../../../src/setup/resources/projectContext.ts';
import { STAGE, type UndoItem, type UndoPlan } from '../../../src/setup/undoPlan.ts';
import { dev, sampleSpec } from '../setup/sampleSpec.ts';

const vnet: UndoItem = {
  ...{ key: 'vnet', kind: 'virtualNetwork', id: '/net', name: 'net', decision: 'remove' },
  ...{ why: 'Ours.', proof: 'tag', stage: STAGE.members, after: [] },
};

describe('The plan that `npm run setup -- --undo` prints', () => {
  it('shows what a lock holds as locked, with the lock', () => {
    const heldBy = [{ name: 'hold', scope: '/net', level: 'CanNotDelete' }] as const;
    const plan: UndoPlan = {
      project: projectContext(sampleSpec(), dev),
      items: [
        { ...vnet, heldBy },
        { ...vnet, key: 'nsg' },
      ],
      ...{ blockers: [], notes: ['A note.'], foreign: [], origins: new Map() },
    };
    const line = { kind: 'virtualNetwork', name: 'net', id: '/net', why: 'Ours.' };
    expect(undoPlanEvent(plan, 5)).toEqual({
      ...{ time: 5, code: 'undoPlan', notes: ['A note.'], blockers: [], foreign: [] },
      items: [
        { ...line, resource: 'vnet', decision: 'locked', heldBy },
        { ...line, resource: 'nsg', decision: 'remove' },
      ],
    });
  });
});
