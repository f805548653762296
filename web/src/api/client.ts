/* HTTP client of Luoshu. Made by `luoshu client-ts` from the table of operations; do not edit.
 *
 * Shape, for the maker: this comment; the two lines on './http'; then every object, in the order of
 * docs/api.md, as `export interface NAME {` with one member a line (`  name: type`, `name?: type` when it
 * may be left out) and `}`; then, per operation in the order of the table: its parameters, its answer, its
 * function. Blocks are parted by one empty line, the file ends with one line end.
 * Types: int is number, str is string, bool and 0/1 are boolean, T|null is `T | null`, [T] is `T[]`, a fixed
 * set of words is `'a' | 'b'`, in the order of the table. Every object has a name; nothing is nested.
 * Names: operation `get /figure` gives GetFigureParams, FigureAnswer, getFigure. Parameters always exist as
 * an interface, common ones last; without members it is `{}`. A body follows the parameters as `body: Blob`. */
import { call, type RequestOptions } from './http'
export type { RequestOptions } from './http'

export interface Ref {
  id: number
  name: string
  type?: string
}

export interface Label {
  zh: string
  en: string
}

export interface Place {
  source: number
  doc: string
  title: string
  start: number | null
  end: number | null
  text: string
  key: string
  file: string
  line: number
  note: string
}

export interface Row {
  role: 'own' | 'whole' | 'part' | 'remainder' | 'derived'
  entity: Ref | null
  indicator: Ref | null
  series: number
  kind: string
  comparison: string
  modality: string
  period: string
  period_label: Label
  state: 'value' | 'null' | 'withheld' | 'offline' | 'over_limit' | 'withdrawn'
  value: string | null
  value_hi: string | null
  unit: string
  qualifier: 'eq' | 'over' | 'at_least' | 'under' | 'at_most' | 'approx' | 'range' | 'doubled'
  low: string | null
  high: string | null
  fact: number | null
  revisions: number
  published: string | null
  recorded: string | null
  have: number
  of: number
  reason: string
  formula: string
  places: Place[]
}

export interface Counts {
  entities: number
  indicators: number
  facts: number
  places: number
  sources: number
}

export interface Grouping {
  id: number
  name: string
  kind: string
}

export interface RegionEntity {
  id: number
  name: string
  type: string
  code: string
  provisional: boolean
}

export interface RegionGrouping {
  id: number
  name: string
  alias: string
  kind: string
  members: number
}

export interface RegionChild {
  id: number
  name: string
  type: string
  code: string
  grouping: number
  figures: number
}

export interface KeyFigure {
  now: Row
  companions: Row[]
  before: Row | null
}

export interface EntityItem {
  id: number
  name: string
  type: string
  code: string
  parent: Ref | null
  aliases: string[]
  figures: number
  provisional: boolean
}

export interface IndicatorItem {
  id: number
  name: string
  unit: string
  measure: string
  over_entities: string
  over_time: string
  formula: string
  aliases: string[]
  facts: number
  provisional: boolean
}

export interface SourceItem {
  id: number
  doc: string
  title: string
  publisher: string
  address: string
  published: string | null
  note: string
  facts: number
}

export interface SourceDetail {
  id: number
  doc: string
  title: string
  publisher: string
  address: string
  published: string | null
  note: string
  facts: number
  subject: string
  frame: string
}

export interface MapValue {
  code: string
  entity: Ref
  value: string | null
  unit: string
  period: string
  fact: number | null
  reason: string
}

export interface CheckCounts {
  agrees: number
  rounding: number
  residual: number
  contradicts: number
  implied: number
  note: number
}

export interface Case {
  verdict: string
  rule: string
  entity: Ref | null
  indicator: Ref | null
  period: string
  period_label: Label
  subject: string
  expected: string | null
  found: string | null
  residual: string | null
  note: Label
  facts: number[]
}

export interface Batch {
  id: number
  origin: string
  actor: string
  facts: number
  recorded: string
  state: string
}

export interface ImportCounts {
  facts: number
  same: number
  revisions: number
  other_source: number
  traces: number
  entities: number
  indicators: number
  memberships: number
  sources: number
  profiles: number
  devices: number
  points: number
  bound: number
}

export interface ImportFile {
  file: string
  layout: string
  encoding: string
  rows: number
  bad: number
}

export interface Problem {
  file: string
  line: number
  column: number
  warning: boolean
  text: string
}

export interface DeviceItem {
  id: number
  name: string
  type: string
  entity: Ref | null
  points: number
  last: string | null
  freshness: 'online' | 'stale' | 'offline' | 'never'
}

export interface PointItem {
  id: number
  series: string
  field: string
  device: number
  entity: Ref | null
  profile: string
  indicator: Ref | null
  unit: string
  value: string | null
  state: 'value' | 'null' | 'withheld' | 'offline' | 'over_limit' | 'restart' | 'none'
  last: string | null
  freshness: 'online' | 'stale' | 'offline' | 'never'
}

export interface ProfileItem {
  id: number
  profile: string
  indicator: Ref | null
  unit: string
  kernel: string
  decimals: number
  every_s: number
  max_gap_s: number
  gap: string
  rollover: number
  jitter: number
}

export interface ReadingItem {
  time: string
  ms: number
  value: string | null
  state: 'value' | 'null' | 'withheld' | 'offline' | 'over_limit' | 'restart'
}

export interface TrendWindow {
  begin: string
  ms: number
  value: string
  have: number
  of: number
}

export interface Connected {
  entity: Ref | null
  points: number
  connected: number
  active: number
}

export interface Option {
  name: string
  fallback: string
  values: string
  text: Label
}

export interface Method {
  name: string
  title: Label
  paper: string
  inputs: string
  shape: 'pairs' | 'list' | 'matrix' | 'series' | 'datasets'
  options: Option[]
}

export interface Dataset {
  name: string
  kind: 'io' | 'edges' | 'rules' | 'pairs' | 'table'
  title: string
  address: string
  note: string
  published: string | null
  recorded: string
  actor: string
  revision: number
  rows: number
  columns: number
  source: number
}

export interface TableRow {
  cells: string[]
}

export interface AnalysisSet {
  shape: 'pairs' | 'list' | 'matrix' | 'series'
  indicator: string
  scope: Ref
  table: string
  rows: string
  columns: string
  row_count: number
  column_count: number
  period_count: number
  first: string
  last: string
}

export interface AnalysisInput {
  row: string
  column: string
  time: string
  value: string | null
  unit: string
  entity: Ref | null
  indicator: Ref | null
  fact: number | null
  facts: number[]
  fact_count: number
  have: number
  of: number
  qualifier: string
  reason: string
  formula: string
  provisional: boolean
}

export interface AnalysisCoverage {
  rows: number
  columns: number
  periods: number
  have: number
  missing: number
  provisional: number
  bounds: number
}

export interface LeftOut {
  name: string
  reason: string
  value: string
}

export interface DocumentItem {
  id: number
  source: number
  doc: string
  title: string
  publisher: string
  address: string
  sha256: string
  bytes: number
  encoding: string
  date: string
  frame: string
  subject: string
  date_given: boolean
  frame_given: boolean
  subject_given: boolean
  read: string
  actor: string
  filed: number
  queued: number
  rejected: number
  merged: number
}

export interface ClaimVersion {
  version: number
  state: 'filed' | 'queued' | 'rejected' | 'merged'
  reason: string
  subject: string
  indicator: string
  kind: string
  qualifier: string
  modality: string
  value: string
  value_hi: string
  unit: string
  period: string
  comparison: string
  fact: number | null
  action: string
  note: string
  actor: string
  at: string
}

export interface Claim {
  id: number
  document: number
  start: number
  end: number
  nth: number
  text: string
  version: number
  state: 'filed' | 'queued' | 'rejected' | 'merged'
  reason: string
  subject: string
  indicator: string
  kind: string
  qualifier: string
  modality: string
  value: string
  value_hi: string
  unit: string
  period: string
  comparison: string
  fact: number | null
  action: string
  note: string
  actor: string
  at: string
  entity: Ref | null
  indicator_ref: Ref | null
  history: ClaimVersion[]
}

export interface Noise {
  start: number
  end: number
  class: string
}

export interface Relation {
  relation: 'contradicts' | 'updates' | 'outdated' | 'repeats'
  row: Row
  other: Row
}

export interface BrokenRule {
  case: Case
  rows: Row[]
}

export interface GetMetaParams {}

export interface MetaAnswer {
  version: string
  revision: number
  region: Ref | null
  counts: Counts
  open_reads: boolean
  right: 'none' | 'read' | 'write' | 'admin'
}

/* GET /meta */
export function getMeta(p: GetMetaParams, o?: RequestOptions): Promise<MetaAnswer> {
  return call<MetaAnswer>('GET', '/meta', { ...p }, undefined, o)
}

export interface GetFigureParams {
  indicator: string
  of?: string
  by?: string
  period?: string
  kind?: string
  explain?: boolean
  as_of?: string
  recorded_as_of?: string
}

export interface FigureAnswer {
  entity: Ref | null
  indicator: Ref | null
  grouping: Grouping | null
  revision: number
  rows: Row[]
}

/* GET /figure */
export function getFigure(p: GetFigureParams, o?: RequestOptions): Promise<FigureAnswer> {
  return call<FigureAnswer>('GET', '/figure', { ...p }, undefined, o)
}

export interface GetRegionParams {
  of?: string
  as_of?: string
  recorded_as_of?: string
}

export interface RegionAnswer {
  entity: RegionEntity
  ancestors: Ref[]
  groupings: RegionGrouping[]
  children: RegionChild[]
  figures: KeyFigure[]
}

/* GET /region */
export function getRegion(p: GetRegionParams, o?: RequestOptions): Promise<RegionAnswer> {
  return call<RegionAnswer>('GET', '/region', { ...p }, undefined, o)
}

export interface GetEntitiesParams {
  type?: string
  q?: string
  within?: string
  figures?: boolean
  limit?: number
  offset?: number
  as_of?: string
  recorded_as_of?: string
}

export interface EntitiesAnswer {
  total: number
  entities: EntityItem[]
}

/* GET /entities */
export function getEntities(p: GetEntitiesParams, o?: RequestOptions): Promise<EntitiesAnswer> {
  return call<EntitiesAnswer>('GET', '/entities', { ...p }, undefined, o)
}

export interface GetIndicatorsParams {
  q?: string
  of?: string
  limit?: number
  offset?: number
  as_of?: string
  recorded_as_of?: string
}

export interface IndicatorsAnswer {
  total: number
  indicators: IndicatorItem[]
}

/* GET /indicators */
export function getIndicators(p: GetIndicatorsParams, o?: RequestOptions): Promise<IndicatorsAnswer> {
  return call<IndicatorsAnswer>('GET', '/indicators', { ...p }, undefined, o)
}

export interface GetFactParams {
  id: number
  as_of?: string
  recorded_as_of?: string
}

export interface FactAnswer {
  row: Row
  history: Row[]
}

/* GET /fact */
export function getFact(p: GetFactParams, o?: RequestOptions): Promise<FactAnswer> {
  return call<FactAnswer>('GET', '/fact', { ...p }, undefined, o)
}

export interface GetSourcesParams {
  as_of?: string
  recorded_as_of?: string
}

export interface SourcesAnswer {
  sources: SourceItem[]
}

/* GET /sources */
export function getSources(p: GetSourcesParams, o?: RequestOptions): Promise<SourcesAnswer> {
  return call<SourcesAnswer>('GET', '/sources', { ...p }, undefined, o)
}

export interface GetSourceParams {
  id?: number
  doc?: string
  as_of?: string
  recorded_as_of?: string
}

export interface SourceAnswer {
  source: SourceDetail
  rows: Row[]
}

/* GET /source */
export function getSource(p: GetSourceParams, o?: RequestOptions): Promise<SourceAnswer> {
  return call<SourceAnswer>('GET', '/source', { ...p }, undefined, o)
}

export interface GetMapParams {
  of?: string
  indicator?: string
  period?: string
  kind?: string
  as_of?: string
  recorded_as_of?: string
}

export interface MapAnswer {
  entity: Ref
  geo: string | null
  values: MapValue[]
}

/* GET /map */
export function getMap(p: GetMapParams, o?: RequestOptions): Promise<MapAnswer> {
  return call<MapAnswer>('GET', '/map', { ...p }, undefined, o)
}

export interface GetCheckParams {
  verdict?: string
  as_of?: string
  recorded_as_of?: string
}

export interface CheckAnswer {
  counts: CheckCounts
  cells: number
  differences: number
  cases: Case[]
}

/* GET /check */
export function getCheck(p: GetCheckParams, o?: RequestOptions): Promise<CheckAnswer> {
  return call<CheckAnswer>('GET', '/check', { ...p }, undefined, o)
}

export interface GetBatchesParams {
  as_of?: string
  recorded_as_of?: string
}

export interface BatchesAnswer {
  batches: Batch[]
}

/* GET /batches */
export function getBatches(p: GetBatchesParams, o?: RequestOptions): Promise<BatchesAnswer> {
  return call<BatchesAnswer>('GET', '/batches', { ...p }, undefined, o)
}

export interface GetAnalysisParams {
  method: string
  indicator?: string
  scope?: string
  rows?: string
  columns?: string
  period?: string
  without?: string
  dataset?: string
  lower_is_better?: string
  options?: string
  inputs?: boolean
  as_of?: string
  recorded_as_of?: string
}

export interface AnalysisAnswer {
  method: string
  title: Label
  paper: string
  unit: string
  ready: boolean
  needs: Label[]
  notes: string[]
  columns: string[]
  rows: TableRow[]
  coverage: AnalysisCoverage
  periods: string[]
  other_periods: string[]
  left_out: LeftOut[]
  datasets: Dataset[]
  inputs: AnalysisInput[]
}

/* GET /analysis */
export function getAnalysis(p: GetAnalysisParams, o?: RequestOptions): Promise<AnalysisAnswer> {
  return call<AnalysisAnswer>('GET', '/analysis', { ...p }, undefined, o)
}

export interface GetAnalysesParams {
  as_of?: string
  recorded_as_of?: string
}

export interface AnalysesAnswer {
  sets: AnalysisSet[]
  datasets: Dataset[]
}

/* GET /analyses */
export function getAnalyses(p: GetAnalysesParams, o?: RequestOptions): Promise<AnalysesAnswer> {
  return call<AnalysesAnswer>('GET', '/analyses', { ...p }, undefined, o)
}

export interface GetMethodsParams {}

export interface MethodsAnswer {
  methods: Method[]
}

/* GET /methods */
export function getMethods(p: GetMethodsParams, o?: RequestOptions): Promise<MethodsAnswer> {
  return call<MethodsAnswer>('GET', '/methods', { ...p }, undefined, o)
}

export interface GetDatasetsParams {
  as_of?: string
  recorded_as_of?: string
}

export interface DatasetsAnswer {
  datasets: Dataset[]
}

/* GET /datasets */
export function getDatasets(p: GetDatasetsParams, o?: RequestOptions): Promise<DatasetsAnswer> {
  return call<DatasetsAnswer>('GET', '/datasets', { ...p }, undefined, o)
}

export interface GetDatasetParams {
  name: string
  as_of?: string
  recorded_as_of?: string
}

export interface DatasetAnswer {
  dataset: Dataset
  columns: string[]
  rows: TableRow[]
}

/* GET /dataset */
export function getDataset(p: GetDatasetParams, o?: RequestOptions): Promise<DatasetAnswer> {
  return call<DatasetAnswer>('GET', '/dataset', { ...p }, undefined, o)
}

export interface PostDatasetPutParams {
  dataset: string
  name?: string
  mode?: 'whole' | 'partial' | 'check'
  title?: string
  address?: string
  note?: string
  published?: string
}

export interface DatasetPutAnswer {
  stored: boolean
  dataset: Dataset
}

/* POST /dataset/put */
export function postDatasetPut(p: PostDatasetPutParams, body: Blob, o?: RequestOptions): Promise<DatasetPutAnswer> {
  return call<DatasetPutAnswer>('POST', '/dataset/put', { ...p }, body, o)
}

export interface GetDevicesParams {
  of?: string
  q?: string
  after?: number
  limit?: number
}

export interface DevicesAnswer {
  total: number
  devices: DeviceItem[]
}

/* GET /devices */
export function getDevices(p: GetDevicesParams, o?: RequestOptions): Promise<DevicesAnswer> {
  return call<DevicesAnswer>('GET', '/devices', { ...p }, undefined, o)
}

export interface GetPointsParams {
  device?: number
  unbound?: boolean
  q?: string
  after?: number
  limit?: number
}

export interface PointsAnswer {
  total: number
  unbound: number
  points: PointItem[]
}

/* GET /points */
export function getPoints(p: GetPointsParams, o?: RequestOptions): Promise<PointsAnswer> {
  return call<PointsAnswer>('GET', '/points', { ...p }, undefined, o)
}

export interface GetProfilesParams {}

export interface ProfilesAnswer {
  profiles: ProfileItem[]
}

/* GET /profiles */
export function getProfiles(p: GetProfilesParams, o?: RequestOptions): Promise<ProfilesAnswer> {
  return call<ProfilesAnswer>('GET', '/profiles', { ...p }, undefined, o)
}

export interface GetReadingsParams {
  point: number
  from?: string
  to?: string
  width?: number
  all?: boolean
  corrected?: boolean
}

export interface ReadingsAnswer {
  point: PointItem
  total: number
  readings: ReadingItem[]
}

/* GET /readings */
export function getReadings(p: GetReadingsParams, o?: RequestOptions): Promise<ReadingsAnswer> {
  return call<ReadingsAnswer>('GET', '/readings', { ...p }, undefined, o)
}

export interface GetTrendParams {
  indicator: string
  of?: string
  level?: 'quarter' | 'hour' | 'day' | 'month'
  from?: string
  to?: string
}

export interface TrendAnswer {
  entity: Ref | null
  indicator: Ref | null
  unit: string
  windows: TrendWindow[]
}

/* GET /trend */
export function getTrend(p: GetTrendParams, o?: RequestOptions): Promise<TrendAnswer> {
  return call<TrendAnswer>('GET', '/trend', { ...p }, undefined, o)
}

export interface GetConnectionsParams {
  of?: string
  by?: string
  minutes?: number
}

export interface ConnectionsAnswer {
  rows: Connected[]
}

/* GET /connections */
export function getConnections(p: GetConnectionsParams, o?: RequestOptions): Promise<ConnectionsAnswer> {
  return call<ConnectionsAnswer>('GET', '/connections', { ...p }, undefined, o)
}

export interface PostImportParams {
  name: string
  mode: 'whole' | 'partial' | 'check'
}

export interface ImportAnswer {
  stored: boolean
  layout: string
  encoding: string
  rows: number
  errors: number
  warnings: number
  counts: ImportCounts
  files: ImportFile[]
  problems: Problem[]
}

/* POST /import */
export function postImport(p: PostImportParams, body: Blob, o?: RequestOptions): Promise<ImportAnswer> {
  return call<ImportAnswer>('POST', '/import', { ...p }, body, o)
}

export interface GetDocumentsParams {}

export interface DocumentsAnswer {
  documents: DocumentItem[]
  queued: number
}

/* GET /documents */
export function getDocuments(p: GetDocumentsParams, o?: RequestOptions): Promise<DocumentsAnswer> {
  return call<DocumentsAnswer>('GET', '/documents', { ...p }, undefined, o)
}

export interface GetDocumentParams {
  id: number
}

export interface DocumentAnswer {
  document: DocumentItem
  text: string
  noise: Noise[]
  claims: Claim[]
}

/* GET /document */
export function getDocument(p: GetDocumentParams, o?: RequestOptions): Promise<DocumentAnswer> {
  return call<DocumentAnswer>('GET', '/document', { ...p }, undefined, o)
}

export interface PostReadParams {
  name: string
  title?: string
  publisher?: string
  address?: string
  date?: string
  frame?: string
  subject?: string
}

export interface ReadAnswer {
  document: DocumentItem
  fresh: boolean
  changed: boolean
  counts: ImportCounts
  relations: Relation[]
  contradicts: number
  updates: number
  outdated: number
  repeats: number
  cases: BrokenRule[]
  broken_rules: number
}

/* POST /read */
export function postRead(p: PostReadParams, body: Blob, o?: RequestOptions): Promise<ReadAnswer> {
  return call<ReadAnswer>('POST', '/read', { ...p }, body, o)
}

export interface PostCorrectParams {
  claim?: number
  version?: number
  document?: number
  start?: number
  end?: number
  subject?: string
  indicator?: string
  kind?: string
  value?: string
  value_hi?: string
  unit?: string
  qualifier?: string
  period?: string
  comparison?: string
  modality?: string
  note?: string
  make?: boolean
}

export interface ClaimAnswer {
  claim: Claim
  document: DocumentItem
}

/* POST /correct */
export function postCorrect(p: PostCorrectParams, o?: RequestOptions): Promise<ClaimAnswer> {
  return call<ClaimAnswer>('POST', '/correct', { ...p }, undefined, o)
}

export interface PostAcceptParams {
  claim: number
  version?: number
  note?: string
}

export interface ClaimAnswer {
  claim: Claim
  document: DocumentItem
}

/* POST /accept */
export function postAccept(p: PostAcceptParams, o?: RequestOptions): Promise<ClaimAnswer> {
  return call<ClaimAnswer>('POST', '/accept', { ...p }, undefined, o)
}

export interface PostRejectParams {
  claim: number
  version?: number
  note?: string
}

export interface ClaimAnswer {
  claim: Claim
  document: DocumentItem
}

/* POST /reject */
export function postReject(p: PostRejectParams, o?: RequestOptions): Promise<ClaimAnswer> {
  return call<ClaimAnswer>('POST', '/reject', { ...p }, undefined, o)
}

export interface PostMergeParams {
  claim: number
  version?: number
  note?: string
  fact: number
}

export interface ClaimAnswer {
  claim: Claim
  document: DocumentItem
}

/* POST /merge */
export function postMerge(p: PostMergeParams, o?: RequestOptions): Promise<ClaimAnswer> {
  return call<ClaimAnswer>('POST', '/merge', { ...p }, undefined, o)
}

export interface PostTeachParams {
  name: string
  entity?: string
  indicator?: string
}

export interface TeachAnswer {
  name: string
  entity: Ref | null
  indicator: Ref | null
  documents: number
  filed: number
}

/* POST /teach */
export function postTeach(p: PostTeachParams, o?: RequestOptions): Promise<TeachAnswer> {
  return call<TeachAnswer>('POST', '/teach', { ...p }, undefined, o)
}

export interface PostHistoryParams {
  name: string
  mode?: string
  series: string
  time?: string
  order?: 'ymd' | 'dmy' | 'mdy'
  midnight_ends_day?: boolean
}

export interface HistoryAnswer {
  rows: number
  stored: number
  same: number
  revised: number
  late: number
  strangers: number
  rounded: number
  refused: number
  errors: number
  problems: Problem[]
}

/* POST /history */
export function postHistory(p: PostHistoryParams, body: Blob, o?: RequestOptions): Promise<HistoryAnswer> {
  return call<HistoryAnswer>('POST', '/history', { ...p }, body, o)
}

export interface PostBindParams {
  name: string
  mode?: string
}

export interface BindAnswer {
  bound: number
  same: number
  devices: number
  errors: number
  problems: Problem[]
}

/* POST /bind */
export function postBind(p: PostBindParams, body: Blob, o?: RequestOptions): Promise<BindAnswer> {
  return call<BindAnswer>('POST', '/bind', { ...p }, body, o)
}

export interface PostClaimKeyParams {
  of: string
  label?: string
  uses?: number
  days?: number
}

export interface ClaimKeyAnswer {
  key: string
  entity: Ref | null
  uses: number
  days: number
}

/* POST /claim-key */
export function postClaimKey(p: PostClaimKeyParams, o?: RequestOptions): Promise<ClaimKeyAnswer> {
  return call<ClaimKeyAnswer>('POST', '/claim-key', { ...p }, undefined, o)
}

export interface PostClaimParams {
  key: string
  device: string
  type?: string
  series: string
  points: string
}

export interface ClaimDeviceAnswer {
  points: number
  bound: number
  same: number
  devices: number
  errors: number
  problems: Problem[]
}

/* POST /claim */
export function postClaim(p: PostClaimParams, o?: RequestOptions): Promise<ClaimDeviceAnswer> {
  return call<ClaimDeviceAnswer>('POST', '/claim', { ...p }, undefined, o)
}
