import { GatewayError } from '../gateway/errors.ts';
import { unnumbered } from './act.ts';
import { ownValue, without } from './definition.ts';
import type { Publication, SkillFiles } from './store.ts';
import type { Head, Skill, Snapshot } from './types.ts';

/** Files of all skills: whoever reads a revision reads their names too. */
const maxFiles = 2_000;

/** Adds a skill with its files, or replaces the one of the same name. Throws `invalid` for more files than are kept. */
export function withSkill(
  head: Head,
  snapshot: Snapshot,
  skill: Omit<Skill, 'revision'>,
  files: SkillFiles,
): Publication {
  const skills = { ...snapshot.skills, [skill.name]: { ...skill, revision: unnumbered } };
  const count = Object.values(skills).reduce((sum, { entry }) => sum + entry.resources.length, 0);
  if (count > maxFiles) {
    const message = `All skills together would have ${count} files; at most ${maxFiles} can be kept.`;
    throw new GatewayError('invalid', message, { field: 'archive' });
  }
  return { head, snapshot: { ...snapshot, skills }, skillFiles: { [skill.name]: files } };
}

/** Throws `not_found` for an unknown skill. */
export function withoutSkill(head: Head, snapshot: Snapshot, name: string): Publication {
  const { skills } = snapshot;
  if (!skills || !ownValue(skills, name)) throw unknownSkill(name);
  return { head, snapshot: { ...snapshot, skills: without(skills, name) } };
}

/** The refusal of a name that no skill has. */
export function unknownSkill(name: string): GatewayError {
  return new GatewayError('not_found', `There is no skill "${name}".`);
}
