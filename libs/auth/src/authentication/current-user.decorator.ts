import { RequestContext } from '@core-framework/common';
import { createParamDecorator } from '@nestjs/common';

/** Fills a parameter of a plain controller's handler with the caller: a `UserPrincipal`, or `undefined` for nobody. */
export const CurrentUser: () => ParameterDecorator = createParamDecorator(() => {
  const principal = RequestContext.current()?.principal;
  return principal?.isAuthenticated ? principal : undefined;
});
