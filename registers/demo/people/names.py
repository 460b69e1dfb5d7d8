"""Forenames and surnames of an English city, and how they are drawn.

A forename and a surname are drawn apart from lists of common names, so a full name belongs to
nobody in particular. Each culture says how often a family speaks another language at home and
which days of religious observance it may keep.
"""

import unicodedata
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Culture:
    """`weight` is families in a thousand; `keeps` names a festival of `events.FESTIVALS`."""

    name: str
    weight: int
    language: str
    speaks_it: float
    keeps: str | None
    girls: tuple[str, ...]
    boys: tuple[str, ...]
    surnames: tuple[str, ...]


def _culture(line: str, girls: str, boys: str, surnames: str) -> Culture:
    name, weight, language, speaks_it, keeps = line.split()
    lists = (tuple(part.strip() for part in text.split(",")) for text in (girls, boys, surnames))
    festival = None if keeps == "-" else keeps
    return Culture(name, int(weight), language, float(speaks_it), festival, *lists)


CULTURES = (
    _culture(
        "English 430 en 0 -",
        "Amelia, Beatrix, Charlotte, Daisy, Eleanor, Evie, Florence, Freya, Georgia, Grace,"
        "Harriet, Hattie, Imogen, Isla, Jessica, Keira, Lily-Mae, Lucy, Martha, Millie, Molly,"
        "Nell, Olive, Poppy, Rosie, Ruby, Scarlett, Sophie, Tilly, Willow, Ava-Rose, Connie, Erin",
        "Alfie, Archie, Arthur, Ben, Callum, Charlie, Daniel, Dylan, Edward, Ethan, Finley, Frank,"
        "Freddie, George, Harrison, Harry, Henry, Isaac, Jack, Jacob, Jake, Joe, Joshua, Kieran,"
        "Leo, Louis, Luke, Mason, Noah, Oliver, Oscar, Reggie, Ronnie, Stanley, Theo, Toby, Tyler",
        "Adams, Appleyard, Ashdown, Ashworth, Bagshaw, Barraclough, Bennett, Birtwistle, Booth,"
        "Bradshaw, Broadbent, Butterworth, Carter, Cartwright, Chapman, Clegg, Cooper, Crowther,"
        "D'Arcy, Dawson, Dyson, Eastwood, Fairweather, Featherstone, Fletcher, Foster, Garside,"
        "Greenhalgh, Hargreaves, Harrison, Hepworth, Hinchliffe, Holloway, Holroyd, Illingworth,"
        "Jagger, Kershaw, Lockwood, Marsden, Micklethwaite, Mitchell, Nuttall, Oldroyd, Ogden,"
        "Parker, Pickersgill, Ramsbottom, Redfern, Rhodes, Sutcliffe, Sykes, Tattersall, Thwaite,"
        "Turner, Wainwright, Walker, Webster, Whitaker, Winterbottom, Wood, Smith-Barlow, Wright",
    ),
    _culture(
        "Irish 45 en 0 -",
        "Aoife, Niamh, Caoimhe, Orla, Róisín, Saoirse, Sinéad, Clodagh, Maeve, Bridget, Ciara",
        "Cian, Conor, Oisín, Seán, Ronan, Declan, Fionn, Pádraig, Eoin, Liam, Cormac, Tadhg",
        "O'Brien, O'Connor, O'Donnell, O'Shaughnessy, Murphy, Gallagher, Fitzgerald, Kavanagh,"
        "McGrath, Doyle, Brennan, Ní Cheallaigh, Moriarty, Quinn, Hennessy, Mac Giolla",
    ),
    _culture(
        "Welsh-and-Scottish 45 en 0 -",
        "Nia, Cerys, Carys, Ffion, Seren, Eilidh, Mairi, Catriona, Isla, Iona, Angharad, Skye",
        "Gethin, Rhys, Iestyn, Dafydd, Owain, Angus, Hamish, Fraser, Ruaridh, Lewis, Macsen",
        "Bowen, Pritchard, Llewellyn, Gwynne-Davies, Vaughan, Morgan, Rees, MacGregor, Campbell,"
        "Buchanan, Sutherland, MacLeod, Drummond, Farquharson, Reid, Urquhart",
    ),
    _culture(
        "Pakistani 95 ur 0.55 eid",
        "Aaliyah, Aisha, Alina, Amna, Fatima, Hafsa, Hiba, Inaya, Iqra, Khadija, Laiba, Maryam,"
        "Noor-ul-Ain, Rabia, Sana, Sumayyah, Zainab, Zara, Zoya, Mahnoor",
        "Abdullah, Adeel, Ahmed, Ali, Bilal, Daniyal, Faizan, Hamza, Haris, Hasan, Ibrahim, Imran,"
        "Ismail, Mohammad, Muhammad-Yusuf, Saad, Shahzaib, Umar, Usman, Zain",
        "Ahmed, Akhtar, Ali, Anwar, Ashraf, Aziz, Bhatti, Butt, Chaudhry, Hussain, Iqbal, Javed,"
        "Khan, Mahmood, Malik, Mirza, Mughal, Nawaz, Qureshi, Rafiq, Raja, Saleem, Shah, Yousaf",
    ),
    _culture(
        "Bangladeshi 35 bn 0.6 eid",
        "Tasnim, Nusrat, Farzana, Sadia, Maliha, Nafisa, Tahmina, Anika, Jannat, Sabiha",
        "Tahmid, Rayhan, Nabil, Fahim, Shafin, Tanvir, Mahdi, Arif, Zakariya, Samiul",
        "Rahman, Begum, Miah, Uddin, Chowdhury, Islam, Hoque, Choudhury, Alam, Khatun, Sarker",
    ),
    _culture(
        "Indian 55 pa 0.35 diwali",
        "Ananya, Diya, Harleen, Ishani, Jasleen, Kavya, Meera, Navneet, Priya, Riya, Saanvi,"
        "Simran, Tara, Thenmozhi, Vaishnavi",
        "Aarav, Arjun, Dev, Gurpreet, Harjot, Ishaan, Jaspal, Karan, Krishna, Nikhil, Rohan, Sahil,"
        "Tejas, Vihaan, Balasubramaniam",
        "Patel, Singh, Kaur-Dhillon, Sharma, Mehta, Desai, Gill, Sandhu, Bains, Krishnan, Joshi,"
        "Raghunathan, Venkataraman, Nair, Chandrasekharan, Parmar, Solanki, Sidhu, Iyer",
    ),
    _culture(
        "West-African 65 yo 0.35 -",
        "Abena, Adaeze, Adwoa, Amara, Ayomide, Chiamaka, Damilola, Efua, Esther, Folasade,"
        "Ifeoluwa, Mariama, Ngozi, Oluwaseun, Temitope, Blessing, Aïssatou",
        "Ayodele, Babatunde, Chidi, David, Ekow, Emeka, Emmanuel, Kofi, Kwabena, Kwame, Lamin,"
        "Obinna, Oluwatobiloba, Samuel, Segun, Tunde, Uchenna, Mamadou",
        "Adebayo-Fitzgerald, Adeyemi, Afolabi, Agyeman, Asante-Boateng, Boateng, Diallo, Eze,"
        "Mensah, Nwosu, Obi, Ogunleye, Okafor, Okonkwo, Oluwadare, Osei, Owusu-Ansah, Quaye, Sesay,"
        "Sow, Onyekachukwu-Williams",
    ),
    _culture(
        "East-African 35 so 0.6 eid",
        "Ayaan, Hodan, Ifrah, Sagal, Nasteexo, Selam, Bethlehem, Rahwa, Hamdi, Fardowsa",
        "Abdirahman, Liban, Mahad, Yonas, Samuel, Biniam, Guled, Zakaria, Nahom, Ayub",
        "Abdi, Warsame, Hassan, Jama, Tesfaye, Haile, Gebremariam, Farah, Osman, Yusuf, Woldu",
    ),
    _culture(
        "Southern-African 20 sn 0.25 -",
        "Rudo, Tariro, Chipo, Nomvula, Thandiwe, Kudzai, Ruvimbo, Lerato",
        "Tafadzwa, Tendai, Sipho, Tinashe, Kudakwashe, Themba, Farai, Anesu",
        "Moyo, Ncube, Chikwanha, Sibanda, Dlamini, Mutasa, van der Merwe, Banda, Phiri, Mupfumira",
    ),
    _culture(
        "Caribbean 45 en 0 -",
        "Shanice, Renée, Jada, Kezia, Tiana, Naomi, Shanelle, Ebony, Kiara, Janelle",
        "Tyrell, Jerome, Marlon, Dwayne, Malachi, Jermaine, Kyron, Isaiah, Tyrese, Andre",
        "Campbell, Grant, Bailey, Clarke, Gordon, Lewis-Brown, Powell, Samuels, St. Hilaire,"
        "Wynter, Francis, Pinnock, Beckford",
    ),
    _culture(
        "Polish 40 pl 0.7 -",
        "Zuzanna, Oliwia, Maja, Aleksandra, Małgorzata, Kinga, Łucja, Hanna, Nadia, Wiktoria",
        "Jakub, Kacper, Szymon, Filip, Antoni, Mikołaj, Wojciech, Łukasz, Adam, Bartosz",
        "Nowak, Wójcik, Kowalczyk, Woźniak, Mazur, Krawczyk, Kaczmarek, Piątek, Zając, Król,"
        "Wróbel, Pawlak, Gołąb, Brzęczyszczykiewicz",
    ),
    _culture(
        "Romanian 30 ro 0.8 -",
        "Andreea, Ioana, Ștefania, Daria, Bianca, Lavinia, Mălina, Denisa, Sorina, Roxana",
        "Andrei, Ștefan, Răzvan, Mihai, Luca, Matei, Florin, Vlad, Darius, Cătălin",
        "Popescu, Ionescu, Dumitru, Stănescu, Rădulescu, Munteanu, Ciobanu, Lăcătuș, Țurcanu",
    ),
    _culture(
        "Central-European 20 sk 0.7 -",
        "Hana, Tereza, Réka, Zsófia, Viktória, Eliška, Kristýna, Nikola, Boglárka",
        "Lukas, Tomáš, Ondřej, Bence, Zoltán, Jiří, Matúš, Dávid, Gergő",
        "Horváth, Kovács, Szabó, Nagy, Németh, Baumann, Tóth, Dvořák, Molnár, Fekete, Lindqvist",
    ),
    _culture(
        "Arab 30 ar 0.7 eid",
        "Leila, Yasmin, Noor, Salma, Rana, Hala, Dunya, Ghada, Sham, Lamia",
        "Mohammed, Omar, Karim, Tariq, Anas, Yousef, Mustafa, Khalid, Ziad, Taha",
        "Al-Hashimi, Haddad, El-Sayed, Mansour, Al Jaberi, Khoury, Ben Youssef, Saleh, Darwish,"
        "Abu Khalil, Al-Masri",
    ),
    _culture(
        "Afghan-and-Kurdish 25 ku 0.75 eid",
        "Parwana, Rojin, Zahra, Shilan, Nilofar, Avin, Hêvî, Setayesh, Marwa",
        "Ahmad, Diyar, Farhad, Rebaz, Navid, Sohail, Hêmin, Mansoor, Karwan",
        "Ahmadi, Rostami, Karimi, Hamid, Barzani, Noori, Sharifi, Mohammadi, Azizi, Rasoul",
    ),
    _culture(
        "Turkish 15 tr 0.6 eid",
        "Elif, Zeynep, Defne, Büşra, Ayşe, Nehir, Ecrin, Gülşen",
        "Emre, Mehmet, Kaan, Yiğit, Çağlar, Deniz, Berk, Oğuzhan",
        "Yılmaz, Demir, Şahin, Çelik, Kaya, Öztürk, Aydın, Doğan, Koç, Güneş",
    ),
    _culture(
        "Chinese-and-Vietnamese 25 zh 0.6 -",
        "Jia-Yi, Mei Ling, Hoi-Ching, Xinyi, Thuy, Linh, Bảo Ngọc, Wing-Sze, Yutong",
        "Haoran, Tsz-Hin, Chun-Kit, Zhi Wei, Minh, Quang, Đức, Lok-Yin, Yifan",
        "Chen, Wong, Lam, Cheung, Li, Ng, Nguyễn, Trần, Phạm, Zhang, Ho, Ouyang, Leung",
    ),
    _culture(
        "Iberian 25 pt 0.65 -",
        "Beatriz, Inês, Rosa, Luísa, Conceição, Lucía, Mariana, Begoña, Camila",
        "João, Rafael, Tiago, Álvaro, Íñigo, Gonçalo, Mateus, Joaquín, Luís",
        "da Silva, Fernández, dos Santos, Gonçalves, Muñoz, de Oliveira Carvalho, Ibáñez, Pereira,"
        "Araújo, Núñez de la Torre, Sousa",
    ),
    _culture(
        "Ukrainian-and-Baltic 20 uk 0.75 -",
        "Sofiia, Polina, Daryna, Yelyzaveta, Ieva, Gabija, Līga, Solomiia",
        "Maksym, Artem, Danylo, Nazar, Rokas, Jānis, Bohdan, Tymofii",
        "Shevchenko, Kovalenko, Bondarenko, Tkachuk, Melnyk, Petraitis, Ozols, Lysenko, Marchuk",
    ),
)


def _plain(text: str) -> str:
    folded = text.replace("ł", "l").replace("Ł", "L").replace("đ", "d").replace("Đ", "D")
    folded = unicodedata.normalize("NFKD", folded.replace("ı", "i"))
    return "".join(letter for letter in folded if letter.isascii())


def user_part(*parts: str) -> str:
    """Names as an address or a username has them: plain, lower case, joined by full stops."""
    words = (_plain(part).lower().replace("'", "").replace(".", "") for part in parts)
    return ".".join(word.replace(" ", "") for word in words)


def draw_culture(rng: Random) -> Culture:
    return rng.choices(CULTURES, [culture.weight for culture in CULTURES])[0]


def draw_forename(rng: Random, culture: Culture, sex: str) -> str:
    """Now and then a name of another culture: families mix, and so do fashions."""
    if rng.random() < 0.08:
        culture = draw_culture(rng)
    return rng.choice(culture.girls if sex == "F" else culture.boys)


def draw_surname(rng: Random, culture: Culture) -> str:
    """One family in twenty has a double-barrelled name made of two."""
    surname = rng.choice(culture.surnames)
    if rng.random() < 0.05 and not set(surname) & set("- "):
        second = rng.choice(draw_culture(rng).surnames)
        if second != surname and not set(second) & set("- "):
            return f"{surname}-{second}"
    return surname
