/* mqtt_int.h - what the files of MQTT share: which property has which form, and where it may stand.
 */
#ifndef LUOSHU_NET_MQTT_INT_H
#define LUOSHU_NET_MQTT_INT_H
#include "net/mqtt.h"

enum mqtt_form {
    FORM_NONE,
    FORM_BYTE,
    FORM_U16,
    FORM_U32,
    FORM_VARINT,
    FORM_TEXT,
    FORM_BINARY,
    FORM_PAIR
};
#define IN(type) (1u << (type))
#define IN_WILL 1u /* bit 0 is no packet type */
struct mqtt_property_rule {
    uint8_t form;
    uint16_t where; /* bits IN(type) */
};
extern const struct mqtt_property_rule mqtt_rules[MQTT_PROPERTIES];
#endif
