import { ownValue } from '../catalogue/definition.ts';
import { unknownSkill, withoutSkill } from '../catalogue/skills.ts';
import type { CatalogueStore } from '../catalogue/store.ts';
import type { Skill } from '../catalogue/types.ts';
import { publishChange } from './publishing.ts';

/** A skill as an administrator sees it. */
export interface ShownSkill {
  name: string;
  description: string;
  /** What `SKILL.md` begins with. */
  frontmatter: Record<string, unknown>;
  files: Skill['entry']['resources'];
  /** The catalogue revision that brought its files. */
  revision: number;
  updated_at: string;
}

export async function listSkills(store: CatalogueStore): Promise<{ skills: ShownSkill[] }> {
  const { revision } = await store.head();
  const { skills } = await store.snapshot(revision);
  return {
    skills: Object.values(skills ?? {})
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(shownSkill),
  };
}

/** Throws `not_found`. */
export async function getSkill(store: CatalogueStore, name: string): Promise<ShownSkill> {
  const { revision } = await store.head();
  const skill = ownValue((await store.snapshot(revision)).skills, name);
  if (!skill) throw unknownSkill(name);
  return shownSkill(skill);
}

/** Throws `not_found`. */
export async function deleteSkill(store: CatalogueStore, name: string): Promise<void> {
  await publishChange(store, (head, snapshot) => withoutSkill(head, snapshot, name));
}

export function shownSkill({ name, entry, revision, updated_at }: Skill): ShownSkill {
  const { frontmatter, resources } = entry;
  return { name, description: frontmatter.description, frontmatter, files: resources, revision, updated_at };
}
