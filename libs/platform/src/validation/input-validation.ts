import { InvalidInputException } from '@core-framework/common';
import { ValidationPipe } from '@nestjs/common';
import { inputErrors } from './input-errors.js';

/** Validates what handlers of plain controllers declare: unknown keys are refused, values become instances. */
export function inputValidation(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    stopAtFirstError: true,
    validationError: { target: false },
    exceptionFactory: (errors) => new InvalidInputException(inputErrors(errors)),
  });
}
