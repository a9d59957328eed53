/** A command with a line that ends well, and wrong ones that end with 2, or with the code that stands in front. */
export interface Exercise {
  readonly right: string;
  readonly wrong: readonly WrongLine[];
  /** What is piped in. */
  readonly input?: string;
  /** Whether it needs a broker that keeps something from one command to the next. */
  readonly needsBroker?: true;
}

type WrongLine = string | readonly [code: number, line: string];

/** A command that serves until it is told to stop, and what it says once it does. */
export interface ServingExercise {
  readonly right: string;
  readonly says: RegExp;
  readonly wrong: readonly string[];
}

/** On the sample; the database is one of its own, and what would write files says what it would write. */
export const EXERCISES: Readonly<Record<string, Exercise>> = {
  migrate: { right: 'migrate', wrong: ['migrate zero --rollback', [1, 'migrate 0099_nothing']] },
  init: { right: 'init FOLDER/shop --yes --no-install --no-git --json', wrong: ['init --db oracle', 'init Shop'] },
  routes: { right: 'routes --path posts --json', wrong: ['routes --methods GET'] },
  check: { right: 'check --json', wrong: ['check now', [1, 'check --deploy']] },
  doctor: { right: 'doctor --json', wrong: ['doctor --fix'] },
  config: { right: 'config DATABASE --json', wrong: ['config one two'] },
  docs: { right: 'docs orm --usage', wrong: ['docs orms'] },
  shell: { right: 'shell -e 1+1', wrong: [[1, 'shell -e nothing.at.all'], 'shell --evil'] },
  makemigrations: {
    right: 'makemigrations --check',
    wrong: ['makemigrations x', 'makemigrations --nmae x'],
  },
  showmigrations: { right: 'showmigrations --json', wrong: ['showmigrations --database nowhere'] },
  sqlmigrate: { right: 'sqlmigrate 0001_initial --json', wrong: ['sqlmigrate', [1, 'sqlmigrate 0099_nothing']] },
  squashmigrations: {
    right: 'squashmigrations 0001_initial 0002_add_posts_views_count_index --dry-run --json',
    wrong: ['squashmigrations 0001_initial', [1, 'squashmigrations 0001_initial 0099_nothing --dry-run']],
  },
  'db rollback': { right: 'db rollback --plan --json', wrong: ['db rollback --steps none', [1, 'db rollback']] },
  createsuperuser: {
    right: 'createsuperuser --email root@example.com --field name=Root --password-stdin --json',
    wrong: ['createsuperuser --email nobody', [1, 'createsuperuser']],
    input: 'correct horse battery',
  },
  changepassword: {
    right: 'changepassword root@example.com --password-stdin --json',
    wrong: [
      'changepassword',
      'changepassword nobody@example.com --password-stdin',
      [1, 'changepassword root@example.com'],
    ],
    input: 'another horse entirely',
  },
  'db seed': { right: 'db seed --list --json', wrong: ['db seed --count few', [1, 'db seed Nobody']] },
  'db dump': { right: 'db dump User -o FOLDER/users.json', wrong: ['db dump Usr'] },
  'db load': { right: 'db load FOLDER/users.json --json', wrong: ['db load', 'db load FOLDER/nowhere.json'] },
  'topics list': { right: 'topics --json', wrong: ['topics list all', 'topics --jsn'] },
  'topics create': {
    right: 'topics create news --json',
    wrong: ['topics create', 'topics create news --partitions few'],
  },
  'topics delete': {
    right: 'topics delete news --yes --json',
    wrong: ['topics delete', [1, 'topics delete nowhere --yes']],
  },
  events: { right: 'events --json', wrong: ['events post.created'] },
  'outbox status': { right: 'outbox status --json', wrong: ['outbox stauts'] },
  'outbox retry': { right: 'outbox retry --json', wrong: ['outbox retry --all'] },
  'dlq list': { right: 'dlq list --json', wrong: ['dlq list --limit none'] },
  'dlq show': {
    right: 'dlq show group topic LETTER',
    wrong: ['dlq show one', [1, 'dlq show group topic nowhere']],
    needsBroker: true,
  },
  'dlq replay': { right: 'dlq replay group topic --json', wrong: ['dlq replay group'] },
  'dlq purge': { right: 'dlq purge group topic --yes --json', wrong: ['dlq purge', [1, 'dlq purge group topic']] },
  'tasks list': { right: 'tasks --json', wrong: ['tasks list all'] },
  'tasks run': {
    right: 'tasks run PERIODIC --json',
    wrong: ['tasks run', 'tasks run Nobody.nothing', 'tasks run PERIODIC {}'],
  },
  'tasks show': { right: 'tasks show TASK', wrong: ['tasks show', 'tasks show 0198f3a2-0000-7000-8000-000000000000'] },
  'tasks failed': { right: 'tasks failed --json', wrong: ['tasks failed --limit 0'] },
  'tasks retry': { right: 'tasks retry --json', wrong: ['tasks retry --all'] },
  'tasks pause': { right: 'tasks pause PERIODIC --json', wrong: ['tasks pause', [1, 'tasks pause Nobody.nothing']] },
  'tasks resume': {
    right: 'tasks resume PERIODIC --json',
    wrong: ['tasks resume', [1, 'tasks resume Nobody.nothing']],
  },
  list: { right: 'list --json', wrong: ['list all'] },
  ...Object.fromEntries(
    ['docker', 'compose', 'pm2', 'k8s', 'systemd', 'all'].map((target) => [
      `deploy ${target}`,
      { right: `deploy ${target} --out docker --dry-run --json`, wrong: [`deploy ${target} --db oracle`] },
    ]),
  ),
  'db fresh': { right: 'db fresh --yes --json', wrong: [[1, 'db fresh'], 'db fresh --sead'] },
  reset_db: { right: 'reset_db --yes --json', wrong: [[1, 'reset_db'], 'reset_db everything'] },
};

/** Generators on the sample, which say what they would write. */
export const GENERATING: Readonly<Record<string, Exercise>> = {
  'g resource': generates('resource Gadget -f title:string:max:200', 'g resource', 'g resource Gadget -f title:strng'),
  'g migration': generates('migration add_nothing', 'g migration one two', 'g migration --nmae x'),
  'g model': generates('model Gadget -f title:string', 'g model', 'g model Gadget -f title:string:mx:2'),
  ...Object.fromEntries(
    ['viewset', 'service', 'repository', 'factory', 'seeder', 'test'].map((part) => [
      `g ${part}`,
      generates(`${part} ${part === 'test' ? 'Notice' : 'Post'}`, `g ${part}`, [1, `g ${part} Nobody`]),
    ]),
  ),
  'g enum': generates('enum Status -v active -v inactive', 'g enum', 'g enum Status'),
  'g exception': generates(
    'exception PaymentFailed -s 402',
    'g exception PaymentFailed -s none',
    'g exception PaymentFailed -s 99',
  ),
  'g permission': generates('permission IsEditor', 'g permission', 'g permission 1x'),
  'g task': generates('task SendEmail --queue emails --retry 5', 'g task SendEmail --retry often', 'g task 1x'),
  'g consumer': generates(
    'consumer Orders --topics user-events --events user.created',
    'g consumer',
    'g consumer Orders --topics user/events',
  ),
  'g event': generates('event UserCreated -f email:email', 'g event', 'g event user.created'),
  'g middleware': generates('middleware Logging', 'g middleware', 'g middleware 1x'),
  'g app': generates('app admin', 'g app', 'g app 1x', 'g app ../x', [1, 'g app blog']),
};

/** A generator, which says what it would write. */
function generates(line: string, ...wrong: readonly WrongLine[]): Exercise {
  return {
    right: `g ${line} --dry-run --json`,
    wrong: wrong.map((each) => (typeof each === 'string' ? `${each} --dry-run` : [each[0], `${each[1]} --dry-run`])),
  };
}

/** Run until they are told to stop, each on its own database. */
export const SERVING: Readonly<Record<string, ServingExercise>> = {
  run: {
    right: 'run --port 0',
    says: /http:\/\/\S+\/api\/v1/,
    wrong: ['run --port high', 'run --port 70000', 'run now'],
  },
  worker: {
    right: 'worker --concurrency 2 --queue default --health 0',
    says: /is at work|with worker/,
    wrong: ['worker --concurrency 0', 'worker --health 99999'],
  },
  scheduler: { right: 'scheduler', says: /with scheduler/, wrong: ['scheduler --queue x'] },
  consumer: { right: 'consumer --group blog-notices', says: /blog-notices/, wrong: ['consumer --health none'] },
};
