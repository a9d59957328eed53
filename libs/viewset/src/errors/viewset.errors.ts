import { CoreError } from '@core-framework/common';

const list = (names: Iterable<string>) => [...names].map((name) => `"${name}"`).join(', ') || 'none';

/** `@ViewSet` or `@Action` was given an option that does not exist. */
export class UnknownOptionError extends CoreError {
  readonly code = 'VIEWSET_UNKNOWN_OPTION';

  constructor(
    readonly owner: string,
    readonly option: string,
    known: Iterable<string>,
  ) {
    super(`${owner} has the option "${option}", which does not exist.`, { fix: `Use one of ${list(known)}.` });
  }
}

/** An option has a value that cannot work. */
export class InvalidOptionError extends CoreError {
  readonly code = 'VIEWSET_INVALID_OPTION';

  constructor(
    readonly owner: string,
    problem: string,
    fix: string,
  ) {
    super(`${owner}: ${problem}`, { fix });
  }
}

/** `actions` or `permissionsByAction` names an action that the class does not have. */
export class UnknownActionError extends CoreError {
  readonly code = 'VIEWSET_UNKNOWN_ACTION';

  constructor(
    readonly view: string,
    readonly action: string,
    option: string,
    known: Iterable<string>,
  ) {
    super(`${view} names the action "${action}" in "${option}" but has no such action.`, {
      fix: `Implement ${view}#${action}, or use one of ${list(known)}.`,
    });
  }
}

/** `@Action` stands on a method whose name is taken by a standard action. */
export class ReservedActionNameError extends CoreError {
  readonly code = 'VIEWSET_RESERVED_ACTION_NAME';

  constructor(
    readonly view: string,
    readonly action: string,
  ) {
    super(`${view}#${action} carries @Action, but "${action}" is the name of a standard action.`, {
      fix: 'Drop the decorator to override the standard action, or rename the method.',
    });
  }
}

/** Two routes answer the same verb on the same path. */
export class DuplicateRouteError extends CoreError {
  readonly code = 'VIEWSET_DUPLICATE_ROUTE';

  constructor(
    readonly route: string,
    first: string,
    second: string,
  ) {
    super(`${route} is answered by ${first} and by ${second}.`, {
      fix: first === second ? 'Register it once.' : 'Give one of them another path.',
    });
  }
}

/** An option or a schema names a field that the model does not have. */
export class UnknownFieldError extends CoreError {
  readonly code = 'VIEWSET_UNKNOWN_FIELD';

  constructor(
    readonly owner: string,
    readonly field: string,
    place: string,
    known: Iterable<string>,
  ) {
    super(`${owner} names the field "${field}" in "${place}", which cannot be used there.`, {
      fix: `Use one of ${list(known)}.`,
    });
  }
}

/** A filter is declared with a lookup that its field does not support. */
export class UnsupportedLookupError extends CoreError {
  readonly code = 'VIEWSET_UNSUPPORTED_LOOKUP';

  constructor(
    readonly owner: string,
    readonly field: string,
    readonly lookup: string,
    known: Iterable<string>,
  ) {
    super(`${owner} filters "${field}" by "${lookup}", which this field does not support.`, {
      fix: `Use one of ${list(known)}.`,
    });
  }
}

/** Something that works on a model was used in a view that has none. */
export class MissingModelError extends CoreError {
  readonly code = 'VIEWSET_MISSING_MODEL';

  constructor(readonly view: string) {
    super(`${view} has no model.`, { fix: `Write @ViewSet({ model: … }) on ${view}.` });
  }
}

/** A view serves a model that the application's database was not told of. */
export class UnregisteredModelError extends CoreError {
  readonly code = 'VIEWSET_UNREGISTERED_MODEL';

  constructor(
    readonly view: string,
    readonly model: string,
  ) {
    super(`${view} serves ${model}, which the application's database does not know.`, {
      fix: `Import CoreOrmModule.forRoot() and CoreOrmModule.forFeature([${model}]).`,
    });
  }
}

/** A view is registered as a controller without a `@ViewSet` of its own. */
export class UndecoratedViewError extends CoreError {
  readonly code = 'VIEWSET_UNDECORATED';

  constructor(readonly view: string) {
    super(`${view} is registered but carries no @ViewSet of its own.`, {
      fix: `Decorate ${view} with @ViewSet; what it does not say is inherited.`,
    });
  }
}

/** A parameter of an action carries a decorator that the pipeline does not fill. */
export class ForeignParameterError extends CoreError {
  readonly code = 'VIEWSET_FOREIGN_PARAMETER';

  constructor(
    readonly view: string,
    readonly action: string,
  ) {
    super(`${view}#${action} has a parameter with a decorator of Nest's router, which actions do not run.`, {
      fix: 'Use @Input(), @Instance() or @Context(); the context has request, params and query.',
    });
  }
}

/** Code asked the context for something that this action does not have. */
export class MissingContextValueError extends CoreError {
  readonly code = 'VIEWSET_MISSING_CONTEXT_VALUE';

  constructor(
    readonly action: string,
    readonly value: 'input' | 'instance',
  ) {
    super(`The action "${action}" has no ${value}.`, {
      fix: value === 'input' ? 'Give the action an input schema.' : 'Make it a detail action.',
    });
  }
}
