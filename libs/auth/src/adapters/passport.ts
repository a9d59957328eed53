export { JwtAuthGuard, PassportJwtModule, PassportJwtStrategy } from '../passport/passport-jwt.module.js';
