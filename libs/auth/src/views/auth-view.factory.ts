import { modelDefinition } from '@core-framework/orm';
import {
  Action,
  type ActionContext,
  type ActionOptions,
  type InputClass,
  InputSchema,
  type OutputClass,
  OutputSchema,
  resolvedViewSet,
  ViewSet,
} from '@core-framework/viewset';
import type { Type } from '@nestjs/common';
import type { AuthExtras, UserModel } from '../auth.options.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import { COOKIE_LOGIN, CookieAuthViewSet } from '../cookies/cookie.viewset.js';
import { withPassword } from './auth.inputs.js';
import { AUTH_BODY_LIMIT } from './body-limit.js';
import { OwnAccountViewSet } from './own-account.viewset.js';
import { AUTH_ALIASES, AUTH_ROUTES, type AuthRoute } from './auth.routes.js';
import { AuthViewSet } from './auth.viewset.js';

/** What the endpoints of accounts accept and show, where that depends on the user model. */
export interface AuthSchemas {
  /** A new account, `password` included. @defaultValue `email`, names, the sign-in field and `REQUIRED_FIELDS` */
  readonly register?: InputClass<{ email: string; password: string }>;
  /**
   * What signs people in, by tokens and by cookies: all but `backend` is shown to the backends as it is. Extend `LoginInput` where
   * a backend of yours asks for more. @defaultValue `LoginInput`: `email` or `username`, `password`, `backend`
   */
  readonly login?: InputClass<{ backend?: string }>;
  /** What users change of their account; all of it optional. @defaultValue names and `REQUIRED_FIELDS` */
  readonly profile?: InputClass;
  /** What users are shown of their account, when they register as well. @defaultValue what is not hidden */
  readonly user?: OutputClass;
}

type Handler = (this: AuthViewSet, context: ActionContext) => unknown;

/** Makes the view that serves one application: that of the package, or the application's own, with its schemas. */
export function authViewFor(
  userModel: UserModel,
  schemas: AuthSchemas = {},
  base?: Type<AuthViewSet>,
): Type<AuthViewSet> {
  const Base = base ?? (AuthViewSet as unknown as Type<AuthViewSet>);
  const output = schemas.user ?? OutputSchema(userModel);
  const View = {
    [Base.name]: class extends Base {
      /** A new account is shown as its owner sees it; where nobody is told of it, there is none to show. */
      override getOutputSchema(context: ActionContext) {
        return context.action === 'register' ? output : super.getOutputSchema(context);
      }
    },
  }[Base.name] as Type<AuthViewSet>;
  const perModel: Readonly<Partial<Record<AuthRoute, ActionOptions>>> = {
    register: { input: schemas.register ?? registerInput(userModel) },
    ...(schemas.login && { login: { input: schemas.login } }),
    me: { output },
    updateMe: { input: schemas.profile ?? profileInput(userModel), output },
  };
  for (const name of Object.keys(perModel) as AuthRoute[])
    declare(View, name, { ...AUTH_ROUTES[name], ...perModel[name] });
  for (const [path, route] of AUTH_ALIASES) {
    const alias = `${route}At${path.replace(/(?<!\W)\W+(\w)/g, (_match, letter: string) => letter.toUpperCase())}`;
    const handler: Handler = function (context) {
      return (this[route] as Handler).call(this, context);
    };
    Object.defineProperty(View.prototype, alias, { value: handler, writable: true, configurable: true });
    declare(View, alias, { ...AUTH_ROUTES[route], ...perModel[route], path, deprecated: true });
  }
  ViewSet({ path: 'auth', tags: ['Authentication'] })(View);
  return View;
}

/** Makes the view of sign-ins with cookies, which asks for what the one with tokens asks for. */
export function cookieViewFor({ login: input }: AuthSchemas = {}): Type<CookieAuthViewSet> {
  if (!input) return CookieAuthViewSet;
  const View = class ApplicationCookieAuthViewSet extends CookieAuthViewSet {};
  declare(View, 'login', { ...COOKIE_LOGIN, input });
  ViewSet({ path: 'auth/cookie' })(View);
  return View;
}

/** The most that bodies with accounts may have: what the application's own class says, or ours. */
export function accountBodyLimit(view: AuthExtras['authViewSet']): number {
  return (view && resolvedViewSet(view).bodyLimit) || AUTH_BODY_LIMIT;
}

/** Makes the view of one's own account beside the accounts that superusers administer: `/users/me`, as others know it. */
export function ownAccountViewFor(
  userModel: UserModel,
  schemas: AuthSchemas | undefined,
  bodyLimit: number,
): Type<OwnAccountViewSet> {
  const View = class ApplicationOwnAccountViewSet extends (OwnAccountViewSet as unknown as Type<OwnAccountViewSet>) {};
  const output = schemas?.user ?? OutputSchema(userModel);
  const rest = { path: 'me', output, deprecated: true };
  declare(View, 'me', { ...AUTH_ROUTES.me, ...rest });
  declare(View, 'updateMe', { ...AUTH_ROUTES.updateMe, ...rest, input: schemas?.profile ?? profileInput(userModel) });
  declare(View, 'deleteMe', { ...AUTH_ROUTES.deleteMe, path: 'me', deprecated: true });
  ViewSet({ path: 'users', tags: ['Users'], bodyLimit })(View);
  return View;
}

function declare(view: Type<object>, method: string, options: ActionOptions): void {
  Action(options)(view.prototype as object, method, {});
}

function registerInput(model: UserModel): InputClass {
  const { USERNAME_FIELD, REQUIRED_FIELDS } = model as unknown as typeof AbstractBaseUser;
  return withPassword(picked(model, ['email', 'firstName', 'lastName', USERNAME_FIELD, ...REQUIRED_FIELDS]));
}

function profileInput(model: UserModel): InputClass {
  const { USERNAME_FIELD, REQUIRED_FIELDS } = model as unknown as typeof AbstractBaseUser;
  const names = ['firstName', 'lastName', ...REQUIRED_FIELDS].filter(
    (name) => name !== 'email' && name !== USERNAME_FIELD,
  );
  return picked(model, names, true);
}

function picked(model: UserModel, names: readonly string[], partial?: true): InputClass {
  const known = [...new Set(names)].filter((name) => modelDefinition(model).fields.has(name));
  return InputSchema(model, { pick: known as never, ...(partial && { partial }) });
}
