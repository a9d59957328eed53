import type { ScalarKind } from '../field-definition.js';
import type { FieldType } from './field-type.js';
import { bigIntegerType, decimalType, floatType, integerType } from './number.types.js';
import { fileType } from './file.types.js';
import { booleanType, jsonType } from './other.types.js';
import { dateTimeType, dateType, timeType } from './temporal.types.js';
import {
  colorType,
  emailType,
  enumType,
  ipType,
  phoneType,
  slugType,
  stringType,
  urlType,
  uuidType,
} from './text.types.js';

/** The type behind each kind of single value. */
export const FIELD_TYPES: Readonly<Record<ScalarKind, FieldType>> = {
  string: stringType,
  text: stringType,
  email: emailType,
  url: urlType,
  phone: phoneType,
  slug: slugType,
  ip: ipType,
  color: colorType,
  uuid: uuidType,
  enum: enumType,
  integer: integerType,
  bigInteger: bigIntegerType,
  float: floatType,
  decimal: decimalType,
  money: decimalType,
  percent: decimalType,
  boolean: booleanType,
  datetime: dateTimeType,
  date: dateType,
  time: timeType,
  json: jsonType,
  file: fileType,
  image: fileType,
};
