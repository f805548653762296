/* extract_fuzz.c - any bytes: refused, or proposals whose spans lie in the text, in order, and
 * quote it. The vocabulary is a handful of words, so that the rules are reached without files. */
#include "extract/extract.h"
#include "fuzz.h"

static struct extract_words *words;

static void open_words(void)
{
    static const char list[] =
        "class,word,value\nscope,全市,city\nscope,全省,province\ngrade,省级以上,\nlink,达到,\nlink,"
        "达,\n"
        "over,超,over\nafter,以上,over\nverb,建成,\nstop,建成,\nkeep,新增,flow\nstop,新增,\n"
        "generic,总投资,\nshare,占比,share\nup,增长,up\ndown,下降,down\nyoy,同比,yoy\nvs,高于,vs\n"
        "thing,产业集群,\nchainhead,产业集群,\nchainhead,产业链,\nchainhead,产业,\ntarget,力争,"
        "target\n"
        "short,规模以上,规上\nrhet,方面,\ntotal,总数,\npred,入选,\nreport,获悉,\n";
    static const char units[] = "symbol,unit,exp,dim\n元,亿元,-8,money\n%,%,0,ratio\n个百分点,"
                                "百分点,0,point\n个,个,0,count\n"
                                "家,家,0,count\n条,条,0,count\n位,位,0,rank\n年,年,0,time\n点,点,0,"
                                "index\n兆瓦,兆瓦,0,physical\n";
    static const char noise[] =
        "class,where,pattern,scope,max\nrelated,is,相关阅读,tail,0\nlicence,has,许可证,line,0\n"
        "byline,start,来源:,line,100\n";
    static const char entities[] =
        "name,type,parent,aliases\n云州市,city,东岭省,云州\n东岭省,province,中国,\n";
    static const char characters[] = "traditional,simplified\n個,个\n億,亿\n萬,万\n達,达\n";
    struct extract_files files = {.words = str_z(list),
                                  .units = str_z(units),
                                  .noise = str_z(noise),
                                  .entities = str_z(entities),
                                  .characters = str_z(characters)};
    struct error err = {0};
    MUST(extract_words_open(&files, &words, &err) == OK);
}

static void check_fact(const struct extract_fact *f, uint32_t last)
{
    MUST(f->start < f->end && f->start >= last);
    MUST(utf8_valid(f->text) && utf8_len(f->text) == f->end - f->start);
    MUST(f->indicator.len > 0 && f->unit.len > 0);
    MUST(utf8_valid(f->indicator) && utf8_valid(f->subject) && utf8_valid(f->comparison));
    MUST(f->period.first <= f->period.last);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct extract_result out;
    struct error err = {0};
    if (words == NULL)
        open_words();
    struct extract_doc doc = {.source_date = STR("2025-03-28"), .subject = STR("云州市")};
    bool told = size > 0 && (data[0] & 1) != 0;
    enum code code =
        extract_run(words, (struct str){(const char *)data, size}, told ? &doc : NULL, &out, &err);
    if (code == OK) {
        uint32_t last = 0;
        for (size_t i = 0; i < out.facts.len; last = out.facts.v[i].start, i++)
            check_fact(&out.facts.v[i], last);
        for (size_t i = 0; i < out.noise.len; i++)
            MUST(out.noise.v[i].start <= out.noise.v[i].end && out.noise.v[i].class != NULL);
    } else {
        MUST(code == E_INPUT && err.text[0] != '\0');
    }
    extract_result_clear(&out);
    return 0;
}
