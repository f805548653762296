/* schema.c - the objects that answers are made of, once: for OpenAPI and for TypeScript. */
#include "serve/serve_int.h"

#define ITEM_FIGURE                                                                                \
    "role:'own|whole|part|remainder|derived' entity:Ref|null indicator:Ref|null series:int "

const struct schema schemas[] = {
    {"Ref",              "id:int name:str type?:str"                                                      },
    {"Label",            "zh:str en:str"                                                                  },
    {"Place",            "source:int doc:str title:str start:int|null end:int|null text:str key:str file:str "
              "line:int note:str"                                                            },
    {"Row",              ITEM_FIGURE
     "kind:str comparison:str modality:str period:str period_label:Label "
     "state:'value|null|withheld|offline|over_limit|withdrawn' value:str|null value_hi:str|null unit:str "
     "qualifier:'eq|over|at_least|under|at_most|approx|range|doubled' low:str|null high:str|null "
     "fact:int|null revisions:int published:str|null recorded:str|null have:int of:int reason:str "
     "formula:str places:[Place]"                                                              },
    {"Counts",           "entities:int indicators:int facts:int places:int sources:int"                   },
    {"Grouping",         "id:int name:str kind:str"                                                       },
    {"RegionEntity",     "id:int name:str type:str code:str provisional:bool"                             },
    {"RegionGrouping",   "id:int name:str alias:str kind:str members:int"                                 },
    {"RegionChild",      "id:int name:str type:str code:str grouping:int figures:int"                     },
    {"KeyFigure",        "now:Row companions:[Row] before:Row|null"                                       },
    {"EntityItem",       "id:int name:str type:str code:str parent:Ref|null aliases:[str] figures:int "
                   "provisional:bool"                                                   },
    {"IndicatorItem",    "id:int name:str unit:str measure:str over_entities:str over_time:str "
                      "formula:str aliases:[str] facts:int provisional:bool"         },
    {"SourceItem",       "id:int doc:str title:str publisher:str address:str published:str|null note:str "
                   "facts:int"                                                          },
    {"SourceDetail",     "id:int doc:str title:str publisher:str address:str published:str|null "
                     "note:str facts:int subject:str frame:str"                       },
    {"MapValue",         "code:str entity:Ref value:str|null unit:str period:str fact:int|null reason:str"},
    {"CheckCounts",      "agrees:int rounding:int residual:int contradicts:int implied:int note:int"      },
    {"Case",             "verdict:str rule:str entity:Ref|null indicator:Ref|null period:str "
             "period_label:Label subject:str expected:str|null found:str|null residual:str|null "
             "note:Label facts:[int]"                                                         },
    {"Batch",            "id:int origin:str actor:str facts:int recorded:str state:str"                   },
    {"ImportCounts",     "facts:int same:int revisions:int other_source:int traces:int entities:int "
                     "indicators:int memberships:int sources:int profiles:int devices:int points:int bound:int"                     },
    {"ImportFile",       "file:str layout:str encoding:str rows:int bad:int"                              },
    {"Problem",          "file:str line:int column:int warning:bool text:str"                             },
    {"DeviceItem", "id:int name:str type:str entity:Ref|null points:int last:str|null "
                   "freshness:'online|stale|offline|never'"},
    {"PointItem", "id:int series:str field:str device:int entity:Ref|null profile:str indicator:Ref|null unit:str "
                  "value:str|null state:'value|null|withheld|offline|over_limit|restart|none' last:str|null "
                  "freshness:'online|stale|offline|never'"},
    {"ProfileItem", "id:int profile:str indicator:Ref|null unit:str kernel:str decimals:int every_s:int "
                    "max_gap_s:int gap:str rollover:int jitter:int"},
    {"ReadingItem", "time:str ms:int value:str|null state:'value|null|withheld|offline|over_limit|restart'"},
    {"TrendWindow", "begin:str ms:int value:str have:int of:int"},
    {"Connected", "entity:Ref|null points:int connected:int active:int"},
    {"HistoryAnswer", "rows:int stored:int same:int revised:int late:int strangers:int rounded:int refused:int errors:int "
                      "problems:[Problem]"},
    {"BindAnswer", "bound:int same:int devices:int errors:int problems:[Problem]"},
    {"ClaimKeyAnswer", "key:str entity:Ref|null uses:int days:int"},
    {"ClaimDeviceAnswer", "points:int bound:int same:int devices:int errors:int problems:[Problem]"},
    {"DevicesAnswer", "total:int devices:[DeviceItem]"},
    {"PointsAnswer", "total:int unbound:int points:[PointItem]"},
    {"ProfilesAnswer", "profiles:[ProfileItem]"},
    {"ReadingsAnswer", "point:PointItem total:int readings:[ReadingItem]"},
    {"TrendAnswer", "entity:Ref|null indicator:Ref|null unit:str windows:[TrendWindow]"},
    {"ConnectionsAnswer", "rows:[Connected]"},
    {"Option", "name:str fallback:str values:str text:Label"},
    {"Method", "name:str title:Label paper:str inputs:str "
               "shape:'pairs|list|matrix|series|datasets' options:[Option]"},
    {"Dataset", "name:str kind:'io|edges|rules|pairs|table' title:str address:str note:str published:str|null recorded:str actor:str "
                "revision:int rows:int columns:int source:int"},
    {"TableRow", "cells:[str]"},
    {"AnalysisSet", "shape:'pairs|list|matrix|series' indicator:str scope:Ref table:str rows:str columns:str "
                    "row_count:int column_count:int period_count:int first:str last:str"},
    {"AnalysisInput", "row:str column:str time:str value:str|null unit:str entity:Ref|null "
                      "indicator:Ref|null fact:int|null facts:[int] fact_count:int have:int of:int "
                      "qualifier:str reason:str formula:str provisional:bool"},
    {"AnalysisCoverage", "rows:int columns:int periods:int have:int missing:int provisional:int "
                         "bounds:int"},
    {"LeftOut", "name:str reason:str value:str"},
    {"AnalysisAnswer", "method:str title:Label paper:str unit:str ready:bool needs:[Label] "
                       "notes:[str] columns:[str] rows:[TableRow] coverage:AnalysisCoverage "
                       "periods:[str] other_periods:[str] left_out:[LeftOut] datasets:[Dataset] "
                       "inputs:[AnalysisInput]"},
    {"AnalysesAnswer", "sets:[AnalysisSet] datasets:[Dataset]"},
    {"MethodsAnswer", "methods:[Method]"},
    {"DatasetsAnswer", "datasets:[Dataset]"},
    {"DatasetAnswer", "dataset:Dataset columns:[str] rows:[TableRow]"},
    {"DatasetPutAnswer", "stored:bool dataset:Dataset"},
#define CLAIM_VERSION                                                                              \
    "version:int state:'filed|queued|rejected|merged' reason:str subject:str indicator:str "       \
    "kind:str qualifier:str modality:str value:str value_hi:str unit:str period:str "              \
    "comparison:str fact:int|null action:str note:str actor:str at:str"
    {"DocumentItem",     "id:int source:int doc:str title:str publisher:str address:str sha256:str bytes:int "
                     "encoding:str date:str frame:str subject:str date_given:bool frame_given:bool "
                     "subject_given:bool read:str actor:str filed:int queued:int rejected:int merged:int"},
    {"ClaimVersion",     CLAIM_VERSION                                                                      },
    {"Claim",            "id:int document:int start:int end:int nth:int text:str " CLAIM_VERSION
              " entity:Ref|null indicator_ref:Ref|null history:[ClaimVersion]"              },
    {"Noise",            "start:int end:int class:str"                                                      },
    {"Relation",         "relation:'contradicts|updates|outdated|repeats' row:Row other:Row"                },
    {"BrokenRule",       "case:Case rows:[Row]"                                                             },
    {"DocumentsAnswer",  "documents:[DocumentItem] queued:int"                                              },
    {"DocumentAnswer",   "document:DocumentItem text:str noise:[Noise] claims:[Claim]"                      },
    {"ReadAnswer",       "document:DocumentItem fresh:bool changed:bool counts:ImportCounts "
                   "relations:[Relation] contradicts:int updates:int outdated:int repeats:int "
                   "cases:[BrokenRule] broken_rules:int"                                    },
    {"ClaimAnswer",      "claim:Claim document:DocumentItem"                                                },
    {"TeachAnswer",      "name:str entity:Ref|null indicator:Ref|null documents:int filed:int"              },
    {"MetaAnswer",       "version:str revision:int region:Ref|null counts:Counts open_reads:bool "
                   "right:'none|read|write|admin'"                                      },
    {"FigureAnswer",     "entity:Ref|null indicator:Ref|null grouping:Grouping|null revision:int "
                     "rows:[Row]"                                                     },
    {"RegionAnswer",     "entity:RegionEntity ancestors:[Ref] groupings:[RegionGrouping] "
                     "children:[RegionChild] figures:[KeyFigure]"                     },
    {"EntitiesAnswer",   "total:int entities:[EntityItem]"                                                },
    {"IndicatorsAnswer", "total:int indicators:[IndicatorItem]"                                           },
    {"FactAnswer",       "row:Row history:[Row]"                                                          },
    {"SourcesAnswer",    "sources:[SourceItem]"                                                           },
    {"SourceAnswer",     "source:SourceDetail rows:[Row]"                                                 },
    {"MapAnswer",        "entity:Ref geo:str|null values:[MapValue]"                                      },
    {"CheckAnswer",      "counts:CheckCounts cells:int differences:int cases:[Case]"                      },
    {"BatchesAnswer",    "batches:[Batch]"                                                                },
    {"ImportAnswer",     "stored:bool layout:str encoding:str rows:int errors:int warnings:int "
                     "counts:ImportCounts files:[ImportFile] problems:[Problem]"      },
};
const size_t schema_count = sizeof schemas / sizeof *schemas;

const struct schema *schema_find(struct str name)
{
    for (size_t i = 0; i < schema_count; i++)
        if (str_is(name, schemas[i].name))
            return &schemas[i];
    return NULL;
}

bool schema_next(struct str *rest, struct schema_field *out)
{
    *out = (struct schema_field){0};
    if (!rest->ptr || !rest->len)
        return false;
    struct str type, name = str_cut(str_cut(*rest, ' ', rest), ':', &type);
    out->optional = str_ends(name, STR("?"));
    out->name = str_sub(name, 0, name.len - out->optional);
    out->nullable = type.ptr[0] != '\'' && str_ends(type, STR("|null"));
    if (out->nullable)
        type.len -= sizeof "|null" - 1;
    out->list = type.ptr[0] == '[';
    out->words = type.ptr[0] == '\'';
    out->type = out->list || out->words ? str_sub(type, 1, type.len - 2) : type;
    return true;
}
