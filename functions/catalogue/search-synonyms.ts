import { stemOf } from './search-words.ts';

/** Verbs that look for something, in groups of which one API says this and another that. */
const readingVerbs = [
  'list show browse enumerate all',
  'get fetch retrieve read view see inspect info detail show',
  'search find query lookup',
  'download export fetch',
  'verify check validate test',
];

/** Verbs that change something. */
const writingVerbs = [
  'create add new make insert register open',
  'delete remove erase destroy drop discard',
  'clear purge prune empty',
  'update edit change modify set replace rename patch adjust correct',
  'send deliver submit push post mail',
  'upload attach import add',
  'enable activate resume unpause',
  'disable deactivate pause suspend block freeze',
  'start run launch begin execute trigger play',
  'stop end kill terminate cancel abort pause close',
  'cancel revoke',
  'copy clone duplicate fork',
  'invite add join',
  'kick remove ban',
  'approve accept confirm allow grant permit',
  'reject deny decline refuse restrict',
  'assign give grant',
  'move transfer',
  'restore recover rollback undo revert',
  'share publish',
];

const nouns = [
  'user person people member account colleague teammate employee staff participant',
  'owner admin administrator moderator manager',
  'customer client contact buyer shopper',
  'supplier vendor contact',
  'company organisation organization business enterprise firm workspace',
  'group team',
  'patient doctor physician',
  'student pupil course class lesson',
  'guest visitor',
  'folder directory',
  'file document attachment',
  'picture image photo avatar icon logo thumbnail screenshot',
  'page site website web',
  'link url address permalink',
  'address location place',
  'paragraph block text content',
  'row record entry line',
  'column field property attribute',
  'table database',
  'note comment remark feedback',
  'message text post',
  'chat conversation channel room',
  'private direct dm',
  'thread discussion reply',
  'email mail',
  'phone number mobile telephone',
  'reminder alert notification notify',
  'label tag category',
  'emoji reaction',
  'vote poll survey answer',
  'trash bin recycle',
  'version revision release',
  'history log audit trail activity',
  'status state condition progress',
  'setting configuration preference option config',
  'permission access right privilege role',
  'rule policy filter',
  'limit quota',
  'password secret credential',
  'login signin authenticate session',
  'key token',
  'certificate tls ssl https',
  'domain dns',
  'server guild host machine',
  'repository repo project',
  'issue ticket bug problem',
  'error fault failure incident',
  'environment env variable',
  'deploy deployment publish release',
  'webhook hook callback trigger',
  'cache cdn',
  'backup snapshot',
  'job task run workflow',
  'process command',
  'storage disk space',
  'report summary statistic stat overview',
  'usage consumption use',
  'schedule plan calendar',
  'event appointment meeting exhibition',
  'booking reservation book reserve',
  'ticket admission',
  'vehicle car',
  'trip travel flight journey',
  'shipment shipping delivery parcel package',
  'invoice bill',
  'order purchase',
  'product item article goods',
  'cart basket',
  'price cost fee',
  'discount coupon voucher promotion',
  'payment transaction charge pay',
  'money amount fund cash',
  'refund reversal reimburse',
  'card credit debit',
  'currency dollar euro pound',
  'tax vat gst',
  'expense spend cost',
  'profit loss revenue income earn',
  'receivable owe debt outstanding',
  'quote offer estimate',
  'lead prospect opportunity deal',
  'salary payroll wage',
  'song track music',
  'artist band singer musician',
  'album record',
  'device speaker',
  'volume loud quiet',
  'country region',
  'follow subscribe watch',
  'favourite favorite star like save bookmark',
];

/** Verbs of two words, by the one that APIs have for them. */
const phrases: [RegExp, string][] = [
  [/\b(throw|throws|threw) away\b/g, 'delete trash'],
  [/\b(bring|get|put) back\b/g, 'restore'],
  [/\btake back\b/g, 'delete'],
  [/\bmoney back\b/g, 'refund'],
  [/\bcall(ed)? off\b/g, 'cancel'],
  [/\b(log|sign) in\b/g, 'login'],
  [/\b(log|sign) out\b/g, 'logout'],
  [/\b(turn|switch) on\b/g, 'enable'],
  [/\b(turn|switch) off\b/g, 'disable'],
  [/\bshut down\b/g, 'stop'],
  [/\bclean up\b/g, 'prune'],
];

const synonyms = new Map<string, Set<string>>();
for (const group of [...readingVerbs, ...writingVerbs, ...nouns]) {
  const stems = group.split(' ').map(stemOf);
  for (const stem of stems) synonyms.set(stem, new Set([...(synonyms.get(stem) ?? []), ...stems]));
}

/** Words that mean about the same, itself among them; all as `searchWords` gives them. */
export function synonymsOf(word: string): Iterable<string> {
  return synonyms.get(word) ?? [word];
}

/** A request with one word in place of each verb of two. */
export function withoutPhrases(request: string): string {
  return phrases.reduce((text, [phrase, word]) => text.replace(phrase, word), request.toLowerCase());
}

const questions = 'what which who whose when where how is are did does may can has have';
const reading = new Set([...questions.split(' '), ...readingVerbs.flatMap((group) => group.split(' '))]);
const writing = new Set(['put', 'give', 'take', 'let', ...writingVerbs.flatMap((group) => group.split(' '))]);

/** Whether a request wants to know something, or to have something done; absent when it does not say. */
export function wantsToRead(request: string): boolean | undefined {
  const verb = request
    .toLowerCase()
    .split(/\s+/)
    .find((word) => reading.has(word) || writing.has(word));
  return verb === undefined ? undefined : reading.has(verb);
}
