import type {
  GetPromptResult,
  Prompt,
  ReadResourceResult,
  Resource,
  ResourceTemplateType,
} from '@modelcontextprotocol/server';
import type { Skill } from '../../catalogue/types.ts';
import type { Caller } from '../tool-room.ts';

/** What there is for clients beside tools. What the caller may not see does not exist here. */
export interface Library {
  resources: ResourceShelf;
  prompts: PromptShelf;
  skills: SkillShelf;
}

/** Some of a list, in one order for every caller and revision. */
export interface Page<T> {
  items: T[];
  /** After what the next page starts; absent on the last page. */
  next?: string;
}

export type Contents = ReadResourceResult['contents'];

export interface ResourceShelf {
  list(caller: Caller, after: string | undefined): Promise<Page<Resource>>;
  templates(caller: Caller): Promise<ResourceTemplateType[]>;
  /** `undefined` for an unknown resource. */
  read(caller: Caller, uri: string): Promise<Contents | undefined>;
  /** Whether `read` finds the resource. */
  has(caller: Caller, uri: string): Promise<boolean>;
  /** Something that changes when the resource does, or goes, or comes back; `undefined` for one that never changes. */
  stamp(caller: Caller, uri: string): Promise<string | undefined>;
  /** Values for a variable of a template that begin with `value`; `undefined` for an unknown template. */
  complete(caller: Caller, template: string, variable: string, value: string): Promise<string[] | undefined>;
}

export interface PromptShelf {
  list(caller: Caller, after: string | undefined): Promise<Page<Prompt>>;
  /** `undefined` for an unknown prompt. Throws `-32602` for arguments that it does not take, or lacks. */
  get(caller: Caller, name: string, args: Record<string, string>): Promise<GetPromptResult | undefined>;
  /** Values for an argument that begin with `value`; `undefined` for an unknown prompt. */
  complete(caller: Caller, name: string, argument: string, value: string): Promise<string[] | undefined>;
}

/** The entry of a skill as clients are given it (extension `io.modelcontextprotocol/skills`). */
export type SkillEntry = Skill['entry'];

export interface SkillShelf {
  /** Whether there are any: costs no more than the catalogue's pointer. */
  any(): Promise<boolean>;
  list(caller: Caller, after: string | undefined): Promise<Page<SkillEntry>>;
  /** By the URI of its `SKILL.md`. */
  find(caller: Caller, uri: string): Promise<SkillEntry | undefined>;
  /** What is directly in a folder of a skill; `undefined` for what is none. */
  directory(caller: Caller, uri: string, after: string | undefined): Promise<Page<Resource> | undefined>;
}
